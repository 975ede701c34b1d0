import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { BlueskyError } from '../../errors/bluesky-error.js'
import { readPublicKey } from '../../source/remote-dispatcher/curve.js'

/** How long what was read counts, in milliseconds, so that many clients don't mean many reads. */
const freshness = 1000

/** The public keys in a folder of `.key` files. Mirrors `zmq.auth.load_certificates`. */
export class ClientKeys {
  readonly #folder: string
  #keys: ReadonlySet<string> = new Set()
  #readAt = -Infinity

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Whether a key, in Z85, is among them now.
   *
   * @throws BlueskyError `bad-file` if the folder or a file in it can't be read.
   */
  async has(key: string): Promise<boolean> {
    if (performance.now() - this.#readAt > freshness) await this.read()
    return this.#keys.has(key)
  }

  /**
   * Reads the folder.
   *
   * @throws BlueskyError `bad-file` if it or a file in it can't be read.
   */
  async read(): Promise<void> {
    const files = (await this.#names()).filter((name) => name.endsWith('.key'))
    this.#keys = new Set(
      await Promise.all(files.map((name) => readPublicKey(join(this.#folder, name)))),
    )
    this.#readAt = performance.now()
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder)
    } catch (cause) {
      throw new BlueskyError(
        'bad-file',
        `the folder of client keys, ${this.#folder}, can't be read`,
        { cause },
      )
    }
  }
}
