import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import type { DocumentMessage } from '../../documents/messages.js'
import type { NDArray } from '../../documents/values/ndarray.js'
import { toPlainJson } from '../../documents/values/plain-json.js'
import type { SpooledRun } from '../../router/spool.js'
import type { Run } from '../../run/run.js'
import { safeName } from '../safe-name.js'
import { ArrayFile } from './array-file.js'
import type { Backlog } from './backlog.js'
import { GrowingFile } from './growing-file.js'

const encoder = new TextEncoder()

/** One run's documents on disk: a file with a line each, and another with the large arrays, if there are any. */
export class SpoolFile implements SpooledRun {
  readonly #lines: GrowingFile
  readonly #arrays: ArrayFile
  /** Why a document is not in the file. */
  #unwritten: { readonly error: unknown } | undefined

  constructor(folder: string, run: Run, backlog: Backlog) {
    const name = safeName(run.uid)
    const once = randomBytes(4).toString('hex')
    const path = join(folder, `${name}.jsonl`)
    this.#lines = new GrowingFile(path, `${path}.${once}.partial`, backlog)
    this.#arrays = new ArrayFile(join(folder, `${name}.${once}.arrays`), backlog)
  }

  write({ name, doc }: DocumentMessage): void {
    // what lacks one document is not the run's documents: the rest would be written for nothing
    if (this.#unwritten) return
    try {
      const arrays = (array: NDArray) => this.#arrays.keep(array)
      const line = toPlainJson([name, doc], { onUnrepresentable: 'describe', arrays })
      this.#lines.write(encoder.encode(`${line}\n`))
    } catch (error) {
      this.#unwritten = { error }
      void this.discard().catch(() => undefined)
    }
  }

  async finish(): Promise<string> {
    try {
      if (this.#unwritten) throw this.#unwritten.error
      await this.#arrays.finish()
      await this.#lines.finish()
      // first what the lines refer to
      await this.#arrays.publish()
      await this.#lines.publish()
      return this.#lines.path
    } catch (error) {
      // the first error is the one to tell
      await this.discard().catch(() => undefined)
      throw error
    }
  }

  async discard(): Promise<void> {
    await Promise.all([this.#lines.discard(), this.#arrays.discard()])
  }
}
