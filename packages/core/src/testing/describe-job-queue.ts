import type { RetryOptions } from '../actions/action.js'
import type { JobQueue } from '../jobs/job-queue.js'
import { describeChoosing } from './describe-queue-choosing.js'
import { describeOperating, describeStopping } from './describe-queue-operating.js'
import {
  describePerforming,
  describeTelling,
  describeTrouble,
} from './describe-queue-performing.js'
import { describeWaiting } from './describe-queue-waiting.js'
import type { QueueSuite, QueueUnderTestOptions } from './queue-suite.js'
import type { TestFunctions } from './test-functions.js'

export type { QueueUnderTestOptions } from './queue-suite.js'

/** Makes an empty queue that is not started yet. */
export type MakeQueue = (options: QueueUnderTestOptions) => JobQueue | Promise<JobQueue>

const noRetry: RetryOptions = { attempts: 1, on: [], delay: 0 }

/**
 * The contract of a {@link JobQueue} as a suite: how it performs, chooses, waits, tries again, tells, is operated
 * and stops.
 *
 * @param test - the test framework's functions
 * @param name - what the suite calls the queue
 * @param makeQueue - makes an empty queue for each test.
 * @example
 * ```ts
 * import { MemoryJobQueue } from '@prompt-papermill/core'
 * import { describeJobQueue, type MakeQueue } from '@prompt-papermill/core/testing'
 * import { describe, expect, it } from 'vitest'
 *
 * const make: MakeQueue = (options) => new MemoryJobQueue(options)
 * describeJobQueue({ describe, expect, it }, 'MemoryJobQueue', make)
 * ```
 */
export function describeJobQueue(test: TestFunctions, name: string, makeQueue: MakeQueue): void {
  const open: QueueSuite['open'] = async (options) =>
    makeQueue({ concurrency: 1, retry: noRetry, rules: {}, capacity: 1000, ...options })
  test.describe(`the queue ${name} keeps the contract of queues`, () => {
    describePerforming({ ...test, open })
    describeChoosing({ ...test, open })
    describeTelling({ ...test, open })
    describeTrouble({ ...test, open })
    describeWaiting({ ...test, open })
    describeOperating({ ...test, open })
    describeStopping({ ...test, open })
  })
}
