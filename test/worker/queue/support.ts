import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { MemoryJobQueue, type Performer } from '@prompt-papermill/core'
import { onTestFinished } from 'vitest'

import type { RedisConfig } from '../../../packages/worker/src/config/compile-queue.ts'
import { makeLogger } from '../../../packages/worker/src/log/logger.ts'
import {
  BullmqQueue,
  type BullmqQueueOptions,
} from '../../../packages/worker/src/queue/bullmq/bullmq-queue.ts'
import { Connection } from '../../../packages/worker/src/queue/bullmq/connection.ts'
import { Executor } from '../../../packages/worker/src/queue/bullmq/executor.ts'
import { keysOf } from '../../../packages/worker/src/queue/bullmq/keys.ts'
import { loadLibraries } from '../../../packages/worker/src/queue/bullmq/libraries.ts'
import type { QueueTiming } from '../../../packages/worker/src/queue/bullmq/timing.ts'
import { RedisServer } from '../../support/redis-server.ts'

/** Says nothing. */
export const quietLogger = makeLogger({ level: 'silent' })

/** A tenth of the usual. */
export const quick: QueueTiming = {
  lease: 500,
  confirm: 100,
  look: 150,
  afterReconnect: 300,
  presence: 500,
  reconcile: 200,
  remembered: 60_000,
  patience: 500,
}

/** A Redis for all tests of a file. */
export class RedisFolder {
  private constructor(
    readonly server: RedisServer,
    readonly folder: string,
  ) {}

  static async open(): Promise<RedisFolder> {
    const folder = await mkdtemp(join(tmpdir(), 'pp-redis-'))
    return new RedisFolder(await RedisServer.open(folder), folder)
  }

  /** How a queue of its own gets in. */
  access(prefix: string): RedisConfig {
    return { url: this.server.url, username: undefined, password: undefined, prefix }
  }

  async close(): Promise<void> {
    await this.server.kill()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A queue that performs nothing itself, unless it is told to; stopped with the test. */
export async function intakeOn(
  redis: RedisConfig,
  changes: Partial<BullmqQueueOptions> = {},
): Promise<BullmqQueue> {
  const scheduler = new MemoryJobQueue({ outlives: true })
  const queue = new BullmqQueue({
    libraries: await loadLibraries(),
    redis,
    identity: 'a test',
    marks: [],
    concurrency: 0,
    scheduler,
    noting: scheduler,
    logger: quietLogger,
    timing: quick,
    ...changes,
  })
  onTestFinished(() => queue.stop(0))
  return queue
}

/** An executor with a connection of its own; closed with the test. */
export async function executorOn(
  redis: RedisConfig,
  performer: Performer,
  sharing?: () => Promise<string | null>,
): Promise<{ executor: Executor; connection: Connection }> {
  const libraries = await loadLibraries()
  const connection = new Connection(libraries, redis, quietLogger)
  const { prefix } = redis
  const executor = new Executor({
    bullmq: libraries.bullmq,
    connection,
    prefix,
    keys: keysOf(prefix),
    timing: quick,
    concurrency: 1,
    performer,
    ...(sharing ? { sharing } : {}),
    logger: quietLogger,
  })
  onTestFinished(async () => {
    await executor.close(0)
    connection.close()
  })
  return { executor, connection }
}
