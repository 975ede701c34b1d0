import { isEndState, type JobQueue, type JobStatus } from '@prompt-papermill/core'

import { type JobRow, jobRow } from '../ledger/rows.js'

/**
 * Waits until jobs have ended.
 *
 * @param tell - told of each that has, once.
 * @param signal - ends the waiting; the jobs go on.
 */
export async function waitForJobs(
  queue: JobQueue,
  ids: readonly string[],
  tell: (job: JobRow) => void,
  signal: AbortSignal,
): Promise<void> {
  const open = new Set(ids)
  let done: () => void = () => undefined
  const all = new Promise<void>((resolve) => (done = resolve))
  const look = (status: JobStatus | undefined): void => {
    if (!status || !isEndState(status.state) || !open.delete(status.job.id)) return
    tell(jobRow(status))
    if (open.size === 0) done()
  }
  queue.events.on('status', look)
  signal.addEventListener('abort', done, { once: true })
  try {
    // some may have ended before
    for (const id of ids) look(await queue.get(id))
    if (open.size > 0 && !signal.aborted) await all
  } finally {
    queue.events.off('status', look)
    signal.removeEventListener('abort', done)
  }
}
