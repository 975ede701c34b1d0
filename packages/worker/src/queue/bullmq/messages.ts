import {
  type ActionResult,
  type AttemptOutcome,
  fromLosslessJson,
  isEndState,
  type Job,
  type JobState,
  type Progress,
  type RunRecord,
  type StopReason,
  toLosslessJson,
} from '@prompt-papermill/core'

import { shallow, withoutUndefined } from '../../ledger/to-columns.js'

/** The name of BullMQ's queue, below the prefix. */
export const queueName = 'attempts'

/** One attempt as it lies in Redis, for an executor to perform. */
export interface AttemptOrder {
  /** The job's id, so that the intake finds its attempts again. */
  readonly job: string
  /** The attempt's number, as far as the intake knows. */
  readonly attempt: number
  /** The job without its run, and the run, in lossless JSON. */
  readonly order: string
  readonly run: string
}

/** What an executor says of an attempt on its way; the latest replaces those before. */
export interface AttemptNews {
  /** Who performs it, for people. */
  readonly executor: string
  /** Where its results go, once its folder is made. */
  readonly opened?: { readonly attempt: number; readonly resultsDir: string }
  /** How far it has come. */
  readonly progress?: Progress
}

/** Why an attempt is told to end. */
export type TellToEnd = Pick<StopReason, 'kind' | 'message'>

/** An attempt for an executor. */
export function orderOf(job: Job, attempt: number): AttemptOrder {
  const { run, ...order } = job
  return {
    job: job.id,
    attempt,
    order: toLosslessJson(withoutUndefined(order)),
    run: toLosslessJson(shallow(run)),
  }
}

/** The job of an attempt. */
export function jobOf({ order, run }: AttemptOrder): Job {
  return {
    ...(fromLosslessJson(order) as Omit<Job, 'run'>),
    run: fromLosslessJson(run) as RunRecord,
  }
}

/** An outcome as it goes back: without what the manifest has. */
export function withoutDetails({ result, resultsDir }: AttemptOutcome): AttemptOutcome {
  const { details: _, ...rest } = result
  return { result: rest, resultsDir }
}

/** Whether what was found in Redis is an outcome. */
export function isOutcome(value: unknown): value is AttemptOutcome {
  const { result, resultsDir } = (value ?? {}) as { result?: JobState | null; resultsDir?: unknown }
  if (typeof result !== 'object' || result === null || !isEndState(result)) return false
  return resultsDir === null || typeof resultsDir === 'string'
}

/** What was found in Redis as news; none where an executor has said nothing yet. */
export function newsOf(value: unknown): AttemptNews | null {
  const { executor } = (value ?? {}) as Partial<AttemptNews>
  return typeof executor === 'string' ? (value as AttemptNews) : null
}

/** The result of an attempt that was told to end before, or while, nobody performed it. */
export function endedBy({ reason }: AbortSignal): ActionResult {
  const { kind, message } = reason as TellToEnd
  return kind === 'cancelled'
    ? { state: 'cancelled', message }
    : { state: 'failed', reason: kind, message }
}
