import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'

import type { Backlog } from './backlog.js'

/** A file that grows under another name, and appears under its own when it is whole. */
export class GrowingFile {
  readonly path: string
  /** Another for each, so that a run seen again never tears the file that a notebook reads. */
  readonly #partial: string
  readonly #backlog: Backlog
  readonly #stream: Promise<WriteStream>
  readonly #finished: Promise<void>

  constructor(path: string, partial: string, backlog: Backlog) {
    this.path = path
    this.#partial = partial
    this.#backlog = backlog
    this.#stream = openStream(partial)
    this.#finished = this.#stream.then((stream) => finished(stream))
    // told by `finish`; a run whose documents nobody asks for must not end the program
    this.#finished.catch(() => undefined)
  }

  /**
   * Takes bytes, which must not change any more; returns at once.
   *
   * @throws BlueskyError `full` if too much waits to be written.
   */
  write(bytes: Uint8Array): void {
    this.#backlog.add(bytes.length)
    const written = (): void => this.#backlog.remove(bytes.length)
    // called once, also for what a stream that was destroyed or failed has not written
    this.#stream.then((stream) => stream.write(bytes, written), written)
  }

  /** Resolves when all is on the disk, under the other name still. */
  async finish(): Promise<void> {
    const stream = await this.#stream
    stream.end()
    await this.#finished
  }

  /** Gives the file its name. */
  async publish(): Promise<void> {
    await rename(this.#partial, this.path)
  }

  /** Removes it. */
  async discard(): Promise<void> {
    const stream = await this.#stream.catch(() => null)
    if (!stream) return
    stream.destroy()
    // closed before it is removed: what is only just being opened would come into being behind
    await this.#finished.catch(() => undefined)
    await rm(this.#partial, { force: true })
  }
}

async function openStream(path: string): Promise<WriteStream> {
  await mkdir(dirname(path), { recursive: true })
  return createWriteStream(path, { flags: 'wx' })
}
