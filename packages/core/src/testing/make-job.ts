import type { Job } from '../jobs/job.js'
import { Run } from '../run/run.js'
import { makeRunDocuments } from './make-run-documents.js'

/**
 * Makes a job for a run that has stopped, with an id of its own.
 *
 * @param changes - what is to be otherwise.
 * @example
 * ```ts
 * import { MemoryJobQueue } from '@prompt-papermill/core'
 * import { makeJob } from '@prompt-papermill/core/testing'
 *
 * const queue = new MemoryJobQueue()
 * const added = await queue.add([makeJob({ rule: 'reflectivity', entry: 'fine' })])
 * console.log(added.length, added[0]?.run.complete) // 1 true
 * ```
 */
export function makeJob(changes: Partial<Job> = {}): Job {
  const { uid, messages } = makeRunDocuments()
  const run = new Run(uid)
  for (const message of messages) run.add(message)
  return {
    id: crypto.randomUUID(),
    run: run.toRecord(),
    rule: 'rule',
    entry: 'entry',
    action: 'action',
    template: null,
    parameters: {},
    documents: null,
    retry: null,
    priority: 0,
    wait: null,
    queuedAt: new Date().toISOString(),
    decided: null,
    ...changes,
  }
}
