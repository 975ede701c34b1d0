import { BlueskyError, isEndState, type Job, newStatus } from '@prompt-papermill/core'

import { type JobRow, jobRow } from '../ledger/rows.js'
import type { Worker } from '../worker-contract.js'
import { decideAgain } from './decide-again.js'
import { fetchRun, isElsewhere } from './fetch-run.js'
import type { RerunRequest } from './requests.js'
import type { RerunChoice } from './rerun-choice.js'
import { selectJobs } from './select-jobs.js'
import { waitForJobs } from './wait-for-jobs.js'

/** What a rerun says on its way; plain data, so that it can go over the control socket. */
export type RerunEvent =
  /** A job is attempted once more, or, where it was decided anew and is new, for the first time. */
  | { readonly event: 'rerun'; readonly job: JobRow; readonly fresh: boolean }
  /** A job or run is left as it is. */
  | { readonly event: 'left'; readonly id: string; readonly message: string }
  /** A job has ended. */
  | { readonly event: 'job'; readonly job: JobRow }
  /** It went no further. */
  | { readonly event: 'failed'; readonly message: string }

/**
 * Attempts jobs once more that have ended: with their parameters as they were stored, or as today's rules decide.
 * Each is noted among the acts.
 *
 * @param tell - told of every job that is meant, in the order in which they came.
 * @param signal - ends the waiting that `wait` asks for.
 * @throws OperationError if nothing is meant by the request.
 */
export async function rerun(
  worker: Worker,
  request: RerunRequest,
  who: string,
  tell: (event: RerunEvent) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const begun: string[] = []
  for await (const choice of await choicesOf(worker, request)) {
    const event = await begin(worker, request, who, choice)
    tell(event)
    if (event.event === 'rerun') begun.push(event.job.id)
  }
  if (!request.wait || request.dry_run) return
  await waitForJobs(worker.router.queue, begun, (job) => tell({ event: 'job', job }), signal)
}

async function choicesOf(
  worker: Worker,
  request: RerunRequest,
): Promise<AsyncIterable<RerunChoice>> {
  const { target } = request
  if (target !== undefined && (await isElsewhere(worker, target))) {
    return fetchRun(worker, target, request)
  }
  return request.rules ? decideAgain(worker, request) : selectJobs(worker, request)
}

async function begin(
  worker: Worker,
  request: RerunRequest,
  who: string,
  choice: RerunChoice,
): Promise<RerunEvent> {
  if ('left' in choice) return { event: 'left', id: choice.left, message: choice.message }
  const { queue } = worker.router
  if ('fresh' in choice) return beginFresh(worker, request, who, choice.fresh)
  if ('came' in choice) {
    if (!request.dry_run) await note(worker, request, who, choice.came.job)
    return { event: 'rerun', job: jobRow(choice.came), fresh: true }
  }
  const { anew } = choice
  const { id } = choice.status.job
  // what just ended may not have come to the ledger yet
  const status = (await queue.get(id)) ?? choice.status
  if (!isEndState(status.state)) {
    return { event: 'left', id, message: `it has not ended: ${status.state.state}` }
  }
  if (!request.dry_run) {
    try {
      const { priority } = request
      const begun = await queue.rerun(status, { priority, job: anew ?? undefined })
      if (!begun) return { event: 'left', id, message: 'it has begun again meanwhile' }
    } catch (error) {
      if (!(error instanceof BlueskyError)) throw error
      return { event: 'left', id, message: error.message }
    }
    await note(worker, request, who, status.job)
  }
  const now = request.dry_run ? status : ((await queue.get(id)) ?? status)
  return { event: 'rerun', job: jobRow(now), fresh: false }
}

/** A job that the rules make today and did not make before; the ledger has it. */
async function beginFresh(
  worker: Worker,
  request: RerunRequest,
  who: string,
  job: Job,
): Promise<RerunEvent> {
  if (!request.dry_run) {
    await worker.router.queue.add([job])
    await note(worker, request, who, job)
  }
  const status = (await worker.router.queue.get(job.id)) ?? newStatus(job)
  return { event: 'rerun', job: jobRow(status), fresh: true }
}

async function note(
  { ledger }: Worker,
  { rules, priority, where }: RerunRequest,
  who: string,
  { id, run }: Job,
): Promise<void> {
  const details = { rules, priority, where }
  await ledger.act({ who, what: 'rerun', job: id, uid: run.uid, details })
}
