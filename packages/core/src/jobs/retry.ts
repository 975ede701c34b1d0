import type { FailureReason, RetryOptions, RetrySchedule } from '../actions/action.js'

/** The longest wait before a retry where none is given, in milliseconds. */
const longestDefault = 3_600_000

/** A timer that is to wait longer ends at once; in milliseconds. */
const longestTimer = 2 ** 31 - 1

/** How often a job that failed for a reason is tried again; null if that is no reason to. */
export function retryFor(retry: RetryOptions, reason: FailureReason): RetrySchedule | null {
  const { on, ...schedule } = retry
  if (isList(on)) return on.includes(reason) ? schedule : null
  const own = Object.hasOwn(on, reason) ? on[reason] : undefined
  return own ? { ...schedule, ...own } : null
}

function isList(on: RetryOptions['on']): on is readonly FailureReason[] {
  return Array.isArray(on)
}

/**
 * Milliseconds to wait before the next attempt.
 *
 * @param tries - how many attempts there were; at least 1.
 */
export function delayBefore({ delay, factor = 1, longest }: RetrySchedule, tries: number): number {
  return Math.min(
    delay * factor ** (tries - 1),
    longest ?? Math.max(delay, longestDefault),
    longestTimer,
  )
}
