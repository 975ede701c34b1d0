import type { RetryOptions } from '../actions/action.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import type { JobStatus } from './job.js'

/** How a `MemoryJobQueue` works. */
export interface MemoryJobQueueOptions {
  /**
   * Attempts at once.
   *
   * @defaultValue 2
   */
  concurrency?: number
  /** @defaultValue `{ attempts: 2, on: ['kernel-died'], delay: 10000 }` */
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
}

/** {@link MemoryJobQueueOptions} with the defaults filled in. */
export type MemoryJobQueueOptionsWithDefaults = Required<MemoryJobQueueOptions>

/**
 * The defaults of {@link MemoryJobQueueOptions}, in one place.
 *
 * @throws BlueskyError `bad-option` for a concurrency with which no job would ever run.
 */
export function withMemoryJobQueueDefaults(
  options: MemoryJobQueueOptions = {},
): MemoryJobQueueOptionsWithDefaults {
  const filled = {
    concurrency: 2,
    retry: { attempts: 2, on: ['kernel-died'], delay: 10_000 } as const,
    maxInterruptions: 3,
    remembered: 10_000,
    known: [],
    ...options,
  }
  const { concurrency } = filled
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new BlueskyError(
      'bad-option',
      `concurrency must be a whole number, at least 1; it is ${concurrency}`,
    )
  }
  return filled
}
