import { isEndState } from '@prompt-papermill/core'

import { type JobRow, jobRow } from '../ledger/rows.js'
import type { Worker } from '../worker-contract.js'
import { findJob } from './find.js'
import { OperationError } from '../operation-error.js'
import type { CancelRequest } from './requests.js'

/**
 * Cancels a job that has not ended: one that runs is told to end, which takes a moment.
 *
 * @param id - the job's id, or as much of its beginning as is unique.
 * @returns the job as it was when it was cancelled.
 * @throws OperationError `not-found`, or `conflict` if it has ended.
 */
export async function cancel(
  { ledger, router }: Worker,
  id: string,
  { message }: CancelRequest,
  who: string,
): Promise<JobRow> {
  const { job } = await findJob(ledger, id)
  const status = await router.queue.get(job.id)
  const cancelled = await router.queue.cancel(job.id, message ?? `cancelled by ${who}`)
  if (!cancelled || !status || isEndState(status.state)) {
    const state = status?.state.state ?? 'gone'
    throw new OperationError('conflict', `the job ${job.id} has ended already: ${state}`)
  }
  await ledger.act({
    who,
    what: 'cancel',
    job: job.id,
    uid: job.run.uid,
    details: message === undefined ? null : { message },
  })
  return jobRow(status)
}
