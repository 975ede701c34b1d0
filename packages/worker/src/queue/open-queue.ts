import { hostname } from 'node:os'

import {
  type JobQueue,
  type JobStatus,
  MemoryJobQueue,
  type Rule,
  ruleLimits,
} from '@prompt-papermill/core'

import type { Config } from '../config/config.js'
import type { Ledger } from '../ledger/ledger.js'
import { RecordingQueue } from '../ledger/recording-queue.js'
import type { WorkerLogger } from '../log/logger.js'
import { markFolders } from './shared-folders.js'

/** What a queue is made with. */
export interface QueueParts {
  readonly config: Config
  /** The intake alone performs nothing; only with the queue on Redis. */
  readonly role: 'both' | 'intake'
  readonly rules: readonly Rule[]
  readonly ledger: Ledger
  /** Jobs from an earlier life. */
  readonly known: readonly JobStatus[]
  /** Told when the ledger could not be written. */
  readonly unnoted: (error: unknown) => void
  readonly logger: WorkerLogger
}

/** Ended jobs in memory, each with its run, some 20 kB: the ledger knows all of them. */
const remembered = 200

/** A queue that notes in the ledger where its jobs stand. */
export interface OpenQueue extends JobQueue {
  /** What keeps jobs from being performed, for people; null or absent: nothing. */
  readonly trouble?: string | null
}

/**
 * Makes the queue that the config asks for.
 *
 * @throws Error where a library is missing that it needs, or a role needs another queue.
 */
export async function openQueue(parts: QueueParts): Promise<OpenQueue> {
  const { config, ledger, known, unnoted, logger, role } = parts
  const { concurrency, capacity, retry } = config
  const outlives = config.queue.kind === 'bullmq'
  const rules = ruleLimits(parts.rules)
  const limits = { concurrency, capacity, remembered, rules }
  const scheduler = new MemoryJobQueue({ ...limits, retry, known, outlives })
  const noting = new RecordingQueue(scheduler, ledger, unnoted)
  if (config.queue.kind === 'embedded') {
    if (role === 'intake') throw new Error(needsRedis('intake'))
    return noting
  }
  const [{ BullmqQueue }, { loadLibraries }] = await Promise.all([
    import('./bullmq/bullmq-queue.js'),
    import('./bullmq/libraries.js'),
  ])
  return new BullmqQueue({
    libraries: await loadLibraries(),
    redis: config.queue,
    marks: await markFolders([config.results.root, config.queue.documents]),
    identity: `${hostname()}:${config.state}`,
    concurrency: role === 'both' ? concurrency : 0,
    scheduler,
    noting,
    logger,
  })
}

/** That a role can't be without the queue on Redis. */
export function needsRedis(role: string): string {
  return `the role ${role} needs \`queue: { kind: bullmq }\`: with the embedded queue one process does everything`
}
