import type { TestFunctions } from './test-functions.js'
import type { JobQueue } from '../jobs/job-queue.js'
import type { RetryOptions } from '../actions/action.js'

/** What the suite asks of a queue that it tests. */
export interface QueueUnderTestOptions {
  /** Attempts at once, of all rules together. */
  readonly concurrency: number
  /** When a failed attempt is tried again, for jobs that don't say it themselves. */
  readonly retry: RetryOptions
  /** Attempts at once by rule. */
  readonly rules: Readonly<Record<string, number>>
  /** Jobs that it holds. */
  readonly capacity: number
}

/** The test framework, and the queue to test. */
export interface QueueSuite extends TestFunctions {
  readonly open: (options?: Partial<QueueUnderTestOptions>) => Promise<JobQueue>
}
