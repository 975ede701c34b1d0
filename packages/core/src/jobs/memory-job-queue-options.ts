import type { RetryOptions } from '../actions/action.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import type { JobStatus } from './job.js'
import type { QueueLimits } from './job-queue.js'

/** How a `MemoryJobQueue` works. */
export interface MemoryJobQueueOptions {
  /**
   * Attempts at once.
   *
   * @defaultValue 2
   */
  concurrency?: number
  /**
   * Attempts at once of one rule's jobs, by the rule's name.
   *
   * @defaultValue none: no rule has a limit of its own
   */
  rules?: Readonly<Record<string, number>>
  /**
   * How many jobs it holds that have not begun. More are turned away: they are `failed (not-started)` and
   * their message says so.
   *
   * @defaultValue 100000
   */
  capacity?: number
  /**
   * When a failed attempt is tried again, for jobs that don't say it themselves.
   *
   * @defaultValue `{ attempts: 2, on: ['kernel-died'], delay: 10000 }`
   */
  retry?: RetryOptions
  /**
   * How often a job that was interrupted by the host's end is queued again before it has failed.
   *
   * @defaultValue 3
   */
  maxInterruptions?: number
  /**
   * How many ended jobs are remembered, so that they are not taken in twice.
   *
   * @defaultValue 10000
   */
  remembered?: number
  /**
   * Jobs from an earlier life of the host; those that have not ended are queued. One that was running then
   * was interrupted.
   *
   * @defaultValue none
   */
  known?: readonly JobStatus[]
  /**
   * Whether attempts go on while the host is away, since others perform them: what was running then is not
   * interrupted, and the performer is asked for its end, with `resumed`.
   *
   * @defaultValue false
   */
  outlives?: boolean
}

/** {@link MemoryJobQueueOptions} with the defaults filled in. */
export type MemoryJobQueueOptionsWithDefaults = Required<MemoryJobQueueOptions>

/**
 * The defaults of {@link MemoryJobQueueOptions}, in one place.
 *
 * @throws BlueskyError `bad-option` for limits with which no job would ever run.
 */
export function withMemoryJobQueueDefaults(
  options: MemoryJobQueueOptions = {},
): MemoryJobQueueOptionsWithDefaults {
  const filled = {
    concurrency: 2,
    rules: {},
    capacity: 100_000,
    retry: { attempts: 2, on: ['kernel-died'], delay: 10_000 } as const,
    maxInterruptions: 3,
    remembered: 10_000,
    known: [],
    outlives: false,
    ...options,
  }
  checkLimits(filled)
  checkAtLeastOne('capacity', filled.capacity)
  return filled
}

/**
 * Checks how many jobs may run at once.
 *
 * @throws BlueskyError `bad-option` for a limit with which no job would ever run.
 */
export function checkLimits({ concurrency, rules }: QueueLimits): void {
  checkAtLeastOne('concurrency', concurrency)
  for (const [rule, limit] of Object.entries(rules)) {
    checkAtLeastOne(`concurrency of the rule ${rule}`, limit)
  }
}

function checkAtLeastOne(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new BlueskyError('bad-option', `${what} must be a whole number, at least 1; it is ${value}`)
}
