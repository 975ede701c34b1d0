import type { Queue } from 'bullmq'

import type { WorkerLogger } from '../../log/logger.js'
import type { Connection } from './connection.js'
import type { AttemptOrder } from './messages.js'
import { sentAttempts } from './sent-attempts.js'
import type { QueueTiming } from './timing.js'

/** What is removed, and by whom. */
export interface EndedAttemptsOptions {
  readonly queue: Queue<AttemptOrder>
  readonly connection: Connection
  readonly timing: QueueTiming
  readonly logger: WorkerLogger
  /** Whether this is the queue's intake. */
  readonly isIntake: () => boolean
  /** Whether an attempt's end is awaited. */
  readonly isFollowed: (id: string) => boolean
  /** Tells who performs an attempt to end it. */
  readonly end: (id: string, message: string) => Promise<void>
}

/**
 * Removes attempts from Redis that are done with: only a while after their end was taken, when the ledger has it for
 * sure; an intake that dies before finds them.
 */
export class EndedAttempts {
  readonly #options: EndedAttemptsOptions
  /** Their ids, and when. */
  readonly #taken = new Map<string, number>()
  readonly #timer: ReturnType<typeof setInterval>
  #swept = false

  constructor(options: EndedAttemptsOptions) {
    this.#options = options
    const { timing, logger } = options
    this.#timer = setInterval(() => {
      this.#remove().catch((err: unknown) => {
        logger.warn({ err }, 'attempts that have ended could not be removed from Redis')
      })
    }, timing.remembered / 2)
  }

  /** An attempt's end was taken. */
  add(id: string): void {
    this.#taken.set(id, performance.now())
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #remove(): Promise<void> {
    const { connection, queue, timing, isIntake } = this.#options
    if (connection.trouble !== null || !isIntake()) return
    if (!this.#swept) await this.#sweep()
    const before = performance.now() - timing.remembered
    for (const [id, at] of this.#taken) {
      if (at > before) break
      this.#taken.delete(id)
      await queue.remove(id)
    }
  }

  /** What an earlier life left that nobody waits for: cancelled since, or ended before it was removed. */
  async #sweep(): Promise<void> {
    const { queue, isFollowed, end } = this.#options
    for (const { id } of await sentAttempts(queue)) {
      if (isFollowed(id) || this.#taken.has(id)) continue
      this.add(id)
      await end(id, 'the intake knows nothing of this attempt any more')
    }
    this.#swept = true
  }
}
