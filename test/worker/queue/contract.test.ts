import { MemoryJobQueue } from '@prompt-papermill/core'
import { describeJobQueue } from '@prompt-papermill/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { BullmqQueue } from '../../../packages/worker/src/queue/bullmq/bullmq-queue.ts'
import { loadLibraries } from '../../../packages/worker/src/queue/bullmq/libraries.ts'
import { quietLogger, RedisFolder } from './support.ts'

let redis: RedisFolder
let count = 0

beforeAll(async () => {
  redis = await RedisFolder.open()
})
afterAll(() => redis.close())

describeJobQueue({ describe, expect, it }, 'on Redis', async (options) => {
  const scheduler = new MemoryJobQueue({ ...options, outlives: true })
  return new BullmqQueue({
    libraries: await loadLibraries(),
    redis: redis.access(`contract-${(count += 1)}`),
    identity: 'a test',
    marks: [],
    concurrency: options.concurrency,
    scheduler,
    noting: scheduler,
    logger: quietLogger,
  })
})
