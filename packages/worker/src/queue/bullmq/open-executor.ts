import type { Performer } from '@prompt-papermill/core'

import type { RedisConfig } from '../../config/compile-queue.js'
import type { WorkerLogger } from '../../log/logger.js'
import { Connection } from './connection.js'
import { Executor } from './executor.js'
import { keysOf } from './keys.js'
import { loadLibraries } from './libraries.js'
import { problemOfSharing } from '../shared-folders.js'
import { defaultTiming } from './timing.js'

/** An executor with a connection of its own. */
export interface OpenExecutor {
  /** How many attempts it performs at once. */
  concurrency: number
  /** As {@link Executor.close}. */
  close(grace: number): Promise<void>
}

/**
 * Connects an executor.
 *
 * @param shared - the folders that it shares with the intake.
 * @throws Error where a library is missing.
 */
export async function openExecutor(
  redis: RedisConfig,
  shared: readonly string[],
  parts: {
    readonly concurrency: number
    readonly performer: Performer
    readonly logger: WorkerLogger
  },
): Promise<OpenExecutor> {
  const libraries = await loadLibraries()
  const connection = new Connection(libraries, redis, parts.logger)
  const { prefix } = redis
  const keys = keysOf(prefix)
  const executor = new Executor({
    bullmq: libraries.bullmq,
    connection,
    prefix,
    keys,
    timing: defaultTiming,
    sharing: async () => {
      const marks = await connection.redis.get(keys.marks)
      if (marks === null) return 'no intake has been here yet'
      return problemOfSharing(shared, JSON.parse(marks) as string[])
    },
    ...parts,
  })
  return {
    get concurrency() {
      return executor.concurrency
    },
    set concurrency(concurrency: number) {
      executor.concurrency = concurrency
    },
    async close(grace) {
      await executor.close(grace)
      connection.close()
    },
  }
}
