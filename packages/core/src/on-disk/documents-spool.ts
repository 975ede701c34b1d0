import { randomBytes } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'

import type { DocumentMessage } from '../documents/messages.js'
import { toPlainJson } from '../documents/values/plain-json.js'
import type { DocumentSpool, SpooledRun } from '../router/spool.js'
import type { Run } from '../run/run.js'
import { safeName } from './safe-name.js'

/**
 * Keeps each run's documents as `UID.jsonl` in a folder, in suitcase-jsonl's layout: a line
 * `["start", {…}]` each, in plain JSON as event_model's NumpyEncoder writes it. A file appears when its run
 * has stopped, whole.
 *
 * @param folder - where the files go; made when it is first needed
 *
 * @example
 * ```ts
 * import { defineAction, documentsSpool, RunRouter } from '@prompt-papermill/core'
 * import { makeRunDocuments } from '@prompt-papermill/core/testing'
 *
 * const show = defineAction({
 *   name: 'show',
 *   async run(run, { documents }) {
 *     console.log(documents) // …/state/documents/5d8beb4d.jsonl
 *     return { state: 'succeeded' }
 *   },
 * })
 * const router = new RunRouter([], { spool: documentsSpool('state/documents') })
 * router.on({ when: {} }, { action: show, documents: true })
 * const { messages } = makeRunDocuments({ uid: '5d8beb4d' })
 * for (const message of messages) router.dispatch(message)
 * await router.settled()
 * ```
 */
export function documentsSpool(folder: string): DocumentSpool {
  // absolute, since a notebook works in a folder of its own
  const absolute = resolve(folder)
  return { open: (run) => new SpoolFile(absolute, run) }
}

class SpoolFile implements SpooledRun {
  readonly #path: string
  /** Renamed at the end, so that a run seen again never tears the file that a notebook reads. */
  readonly #partial: string
  readonly #stream: Promise<WriteStream>
  readonly #finished: Promise<void>
  /** Why a document could not be written as JSON. */
  #unwritten: unknown

  constructor(folder: string, run: Run) {
    this.#path = join(folder, `${safeName(run.uid)}.jsonl`)
    this.#partial = `${this.#path}.${randomBytes(4).toString('hex')}.partial`
    this.#stream = openStream(folder, this.#partial)
    this.#finished = this.#stream.then((stream) => finished(stream))
    // told by `finish`; a run whose documents nobody asks for must not end the program
    this.#finished.catch(() => undefined)
  }

  write({ name, doc }: DocumentMessage): void {
    let line: string
    try {
      line = `${toPlainJson([name, doc], { onUnrepresentable: 'describe' })}\n`
    } catch (error) {
      this.#unwritten ??= error
      return
    }
    this.#stream.then(
      (stream) => stream.write(line),
      () => undefined,
    )
  }

  async finish(): Promise<string> {
    try {
      const stream = await this.#stream
      stream.end()
      await this.#finished
      if (this.#unwritten !== undefined) throw this.#unwritten as Error
      await rename(this.#partial, this.#path)
      return this.#path
    } catch (error) {
      // the first error is the one to tell
      await this.discard().catch(() => undefined)
      throw error
    }
  }

  async discard(): Promise<void> {
    const stream = await this.#stream.catch(() => null)
    if (!stream) return
    stream.destroy()
    // closed before it is removed: what is only just being opened would come into being behind
    await this.#finished.catch(() => undefined)
    await rm(this.#partial, { force: true })
  }
}

async function openStream(folder: string, path: string): Promise<WriteStream> {
  await mkdir(folder, { recursive: true })
  return createWriteStream(path, { flags: 'wx' })
}
