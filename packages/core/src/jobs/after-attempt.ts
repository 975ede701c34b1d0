import type { ActionResult, RetryOptions } from '../actions/action.js'
import type { JobStatus } from './job.js'
import { delayBefore, retryFor } from './retry.js'

/** What becomes of a job whose attempt has ended: queued again after so many milliseconds, or its end. */
export type AfterAttempt =
  | {
      readonly again: Pick<JobStatus, 'interruptions'> & {
        readonly delay: number
        /** Why, and when, for people. */
        readonly message: string
      }
    }
  | { readonly end: ActionResult }

/**
 * Decides what follows from an attempt: the rule of every queue for retries and interruptions.
 *
 * @param status - the job's, with the attempt counted in.
 * @param result - how the attempt ended.
 * @param toldToEnd - whether it was told to: then it failed of that, whatever it says.
 * @param defaults - the queue's own, for jobs that don't say when they are tried again.
 * @example
 * ```ts
 * import { afterAttempt, newStatus } from '@prompt-papermill/core'
 * import { makeJob } from '@prompt-papermill/core/testing'
 *
 * const status = { ...newStatus(makeJob()), attempt: 1, tries: 1 }
 * const died = { state: 'failed', reason: 'kernel-died', message: 'signal 9' } as const
 * const retry = { attempts: 2, on: ['kernel-died'], delay: 10_000 } as const
 * const next = afterAttempt(status, died, false, { retry, maxInterruptions: 3 })
 * if ('again' in next) console.log(next.again.delay) // 10000
 * ```
 */
export function afterAttempt(
  status: JobStatus,
  result: ActionResult,
  toldToEnd: boolean,
  defaults: { readonly retry: RetryOptions; readonly maxInterruptions: number },
): AfterAttempt {
  if (result.state !== 'failed') return { end: result }
  const { attempt, interruptions, tries } = status
  if (result.reason === 'interrupted' && interruptions < defaults.maxInterruptions) {
    const message = `attempt ${attempt} was interrupted: ${result.message}`
    return { again: { interruptions: interruptions + 1, delay: 0, message } }
  }
  const schedule = retryFor(status.job.retry ?? defaults.retry, result.reason)
  // an attempt that the host broke off is none of the job's own
  const own = tries - interruptions
  if (toldToEnd || !schedule || own >= schedule.attempts) return { end: result }
  const delay = delayBefore(schedule, own)
  const at = new Date(Date.now() + delay).toISOString()
  const message = `attempt ${attempt} failed (${result.reason}): ${result.message}; tried again at ${at}, as ${own + 1} of ${schedule.attempts}`
  return { again: { interruptions, delay, message } }
}
