import type { Worker } from 'bullmq'

import type { Connection } from './connection.js'
import type { Libraries } from './libraries.js'
import { queueName } from './messages.js'
import type { QueueTiming } from './timing.js'

/** What is looked through, and who is told. */
export interface LostAttemptsOptions {
  readonly bullmq: Libraries['bullmq']
  readonly connection: Connection
  readonly prefix: string
  readonly timing: QueueTiming
  /** Told the id of each attempt whose executor has not confirmed it for too long. It can't end any more. */
  readonly lost: (id: string) => void
}

/**
 * Looks for attempts whose executor is gone. The intake alone does so: who begins anew what was lost is who finds
 * it. Not while Redis is away, nor right after: no executor can confirm anything then.
 */
export class LostAttempts {
  readonly #options: LostAttemptsOptions
  #checker: Worker | undefined
  #soon: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(options: LostAttemptsOptions) {
    this.#options = options
    const { connection, timing } = options
    connection.onReady(() => this.#beginIn(timing.afterReconnect))
    connection.onLost(() => void this.#end())
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#end()
  }

  #beginIn(delay: number): void {
    clearTimeout(this.#soon)
    if (this.#closed) return
    this.#soon = setTimeout(() => this.#begin(), delay)
  }

  #begin(): void {
    if (this.#checker) return
    const { bullmq, connection, prefix, timing, lost } = this.#options
    // BullMQ's worker has the look that is needed; with no function it performs nothing
    const checker = new bullmq.Worker(queueName, null, {
      connection: connection.redis,
      prefix,
      autorun: false,
      lockDuration: timing.lease,
      stalledInterval: timing.look,
      maxStalledCount: 0,
    })
    this.#checker = checker
    checker.on('error', () => undefined)
    checker.on('stalled', lost)
    void checker.startStalledCheckTimer()
  }

  async #end(): Promise<void> {
    clearTimeout(this.#soon)
    const checker = this.#checker
    this.#checker = undefined
    await checker?.close(true)
  }
}
