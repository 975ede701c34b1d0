import type { TestFunctions } from './test-functions.js'
import type { JobQueue } from '../jobs/job-queue.js'
import type { RetryOptions } from '../actions/action.js'

/** What the suite asks of a queue that it tests. */
export interface QueueUnderTestOptions {
  readonly concurrency: number
  readonly retry: RetryOptions
}

/** The test framework, and the queue to test. */
export interface QueueSuite extends TestFunctions {
  readonly open: (options?: Partial<QueueUnderTestOptions>) => Promise<JobQueue>
}
