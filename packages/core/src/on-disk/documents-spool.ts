import { resolve } from 'node:path'

import type { DocumentSpool } from '../router/spool.js'
import { Backlog } from './documents/backlog.js'
import { SpoolFile } from './documents/spool-file.js'

/** Options of {@link documentsSpool}. */
export interface DocumentsSpoolOptions {
  /**
   * How much may wait in memory to be written, of all runs together, in bytes. A run of which more comes while the
   * disk does not keep up has no documents, and says so.
   *
   * @defaultValue 256 MiB
   */
  backlog?: number
}

const defaultBacklog = 256 * 1024 * 1024

/**
 * Keeps each run's documents as `UID.jsonl` in a folder, in suitcase-jsonl's layout: a line
 * `["start", {…}]` each, in plain JSON as event_model's NumpyEncoder writes it. A file appears when its run
 * has stopped, whole.
 *
 * An array of 64 KiB and more is in a file beside it, `UID.….arrays`, and its place in the document has
 * `{"__array__": file's name, "offset": bytes, "dtype": …, "shape": […]}`: what `numpy.memmap` takes.
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
export function documentsSpool(folder: string, options: DocumentsSpoolOptions = {}): DocumentSpool {
  // absolute, since a notebook works in a folder of its own
  const absolute = resolve(folder)
  const backlog = new Backlog(options.backlog ?? defaultBacklog)
  return { open: (run) => new SpoolFile(absolute, run, backlog) }
}
