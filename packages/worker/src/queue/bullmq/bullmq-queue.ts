import {
  BlueskyError,
  type Job,
  type JobQueue,
  type JobStatus,
  type MemoryJobQueue,
  type Performer,
  type QueueCounts,
  type QueueLimits,
  type ReadyCheck,
  type RerunOptions,
} from '@prompt-papermill/core'

import type { RedisConfig } from '../../config/compile-queue.js'
import type { WorkerLogger } from '../../log/logger.js'
import { Connection } from './connection.js'
import { Executor } from './executor.js'
import { keysOf } from './keys.js'
import type { Libraries } from './libraries.js'
import { LostAttempts } from './lost-attempts.js'
import { Places } from './places.js'
import { RemoteAttempts } from './remote-attempts.js'
import { defaultTiming, type QueueTiming } from './timing.js'
import { within } from './within.js'

/** What the queue is made of, and where Redis is. */
export interface BullmqQueueOptions {
  readonly libraries: Libraries
  /** Where Redis is; its prefix is for one intake. */
  readonly redis: RedisConfig
  /** Who the intake is, for people, and the same in each of its lives: its host and state folder. */
  readonly identity: string
  /** By what executors know the folders that they share with the intake. */
  readonly marks: readonly string[]
  /** How many attempts this process performs itself at once; 0: none. */
  readonly concurrency: number
  /** Decides which job's turn it is, made with `outlives`. */
  readonly scheduler: MemoryJobQueue
  /** The scheduler, or what is around it and notes where jobs stand. */
  readonly noting: JobQueue
  readonly logger: WorkerLogger
  readonly timing?: QueueTiming
}

/**
 * A queue whose attempts are performed by any number of processes on any hosts. Which job's turn it is, what waits, is
 * retried, paused or cancelled is decided here, as in the embedded queue and by the same code; Redis carries
 * attempts, by BullMQ. So nothing is lost with Redis: what was under way there is interrupted, and begun anew.
 */
export class BullmqQueue implements JobQueue {
  readonly events: JobQueue['events']
  readonly #options: BullmqQueueOptions
  readonly #timing: QueueTiming
  readonly #connection: Connection
  readonly #remote: RemoteAttempts
  readonly #lost: LostAttempts
  readonly #places: Places
  #executor: Executor | undefined
  #paused = false
  #stopping = false

  constructor(options: BullmqQueueOptions) {
    this.#options = options
    this.#timing = options.timing ?? defaultTiming
    this.events = options.noting.events
    const { libraries, redis, logger } = options
    this.#connection = new Connection(libraries, redis, logger)
    const shared = { ...this.#shared(), logger }
    this.#remote = new RemoteAttempts({ ...shared, isIntake: () => this.#places.isIntake })
    this.#lost = new LostAttempts({ ...shared, lost: (id) => this.#remote.lost(id) })
    this.#places = new Places({
      ...shared,
      identity: options.identity,
      marks: options.marks,
      own: () => this.#executor ?? null,
      changed: () => void this.#fit(),
    })
  }

  get paused(): boolean {
    return this.#paused
  }

  /** What keeps jobs from being performed, for people; null: nothing. */
  get trouble(): string | null {
    return this.#connection.trouble ?? this.#places.trouble
  }

  async start(performer: Performer, ready?: ReadyCheck): Promise<void> {
    const { concurrency, noting, logger } = this.#options
    if (concurrency > 0) {
      this.#executor = new Executor({ ...this.#shared(), concurrency, performer, logger })
    }
    await this.#fit()
    await noting.start(this.#remote.perform, ready)
    this.#places.start()
  }

  add(jobs: readonly Job[]): Promise<readonly Job[]> {
    if (this.#stopping) {
      return Promise.reject(new BlueskyError('closed', 'the queue is stopping and takes no jobs'))
    }
    return this.#options.noting.add(jobs)
  }

  cancel(id: string, message: string): Promise<boolean> {
    return this.#options.noting.cancel(id, message)
  }

  rerun(status: JobStatus, options?: RerunOptions): Promise<boolean> {
    if (this.#stopping) return Promise.resolve(false)
    return this.#options.noting.rerun(status, options)
  }

  async pause(): Promise<void> {
    this.#paused = true
    await this.#fit()
  }

  async resume(): Promise<void> {
    this.#paused = false
    await this.#fit()
  }

  /** `concurrency` is that of this process; executors have their own. */
  async setLimits(limits: Partial<QueueLimits>): Promise<void> {
    await this.#options.noting.setLimits(limits)
    if (this.#executor && limits.concurrency !== undefined) {
      this.#executor.concurrency = limits.concurrency
    }
    await this.#fit()
  }

  get(id: string): Promise<JobStatus | undefined> {
    return this.#options.noting.get(id)
  }

  counts(): Promise<QueueCounts> {
    return this.#options.noting.counts()
  }

  idle(): Promise<void> {
    return this.#options.noting.idle()
  }

  /**
   * Starts nothing more. What this process performs gets the grace; what others perform goes on, and is followed on by
   * the next life.
   */
  async stop(grace: number): Promise<void> {
    this.#stopping = true
    this.#places.close()
    const { scheduler, noting } = this.#options
    const settled = noting.stop(longestTimer)
    await this.#executor?.close(grace)
    await within(this.#timing.patience, this.#remote.lookAtAll())
    // what has ended now is with the scheduler after a turn
    await new Promise((resolve) => setImmediate(resolve))
    scheduler.leave()
    await settled
    await within(this.#timing.patience, Promise.all([this.#lost.close(), this.#remote.close()]))
    this.#connection.close()
  }

  #shared() {
    const { libraries, redis } = this.#options
    const { prefix } = redis
    const keys = keysOf(prefix)
    return {
      bullmq: libraries.bullmq,
      connection: this.#connection,
      prefix,
      keys,
      timing: this.#timing,
    }
  }

  /** As many jobs run as there are places for; none while there are none, or it is paused. */
  async #fit(): Promise<void> {
    const { noting } = this.#options
    const places = this.#places.count
    if (places > 0) await noting.setLimits({ concurrency: places })
    if (places > 0 && !this.#paused) await noting.resume()
    else await noting.pause()
  }
}

/** A timer that is to wait longer ends at once; in milliseconds. */
const longestTimer = 2 ** 31 - 1
