import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

import {
  type AttemptOutcome,
  type AttemptRequest,
  type Job,
  type Performer,
  StopReason,
} from '@prompt-papermill/core'
import type { Job as StoredAttempt, Worker } from 'bullmq'

import type { WorkerLogger } from '../../log/logger.js'
import type { Connection } from './connection.js'
import type { Keys } from './keys.js'
import { hold } from './lease.js'
import type { Libraries } from './libraries.js'
import {
  type AttemptNews,
  type AttemptOrder,
  jobOf,
  queueName,
  type TellToEnd,
  withoutDetails,
} from './messages.js'
import { NewsWriter } from './news-writer.js'
import { announce, withdraw } from './presence.js'
import type { QueueTiming } from './timing.js'
import { within } from './within.js'

/** What an executor works with. */
export interface ExecutorOptions {
  readonly bullmq: Libraries['bullmq']
  readonly connection: Connection
  readonly prefix: string
  readonly keys: Keys
  readonly timing: QueueTiming
  readonly concurrency: number
  readonly performer: Performer
  /** Why it may not take any yet, asked until it is null; without it, it may. */
  readonly sharing?: () => Promise<string | null>
  readonly logger: WorkerLogger
}

/** An attempt under way. */
interface Running {
  readonly token: string
  readonly controller: AbortController
}

/** Takes attempts from Redis, performs them, and says there how far they are and how they end. */
export class Executor {
  readonly id = randomUUID()
  readonly name = `${hostname()}:${process.pid}`
  readonly #options: ExecutorOptions
  readonly #worker: Worker<AttemptOrder, AttemptOutcome>
  readonly #running = new Map<string, Running>()
  readonly #confirming: ReturnType<typeof setInterval>
  #concurrency: number
  /** Why attempts that begin now have to end at once. */
  #over: StopReason | undefined
  #closing = false
  /** Whether it takes attempts. */
  #takes = false

  constructor(options: ExecutorOptions) {
    this.#options = options
    const { bullmq, connection, prefix, keys, timing, concurrency } = options
    this.#concurrency = concurrency
    this.#worker = new bullmq.Worker(queueName, (stored, token) => this.#perform(stored, token), {
      connection: connection.redis,
      prefix,
      autorun: false,
      concurrency,
      lockDuration: timing.lease,
      maxStalledCount: 0,
      // the intake looks for what is lost, and leases are confirmed below
      skipStalledCheck: true,
      skipLockRenewal: true,
      runRetryDelay: timing.confirm,
    })
    this.#worker.on('error', ({ message }) => {
      if (connection.trouble === null) options.logger.warn(`the queue on Redis: ${message}`)
    })
    const listening = connection.another()
    listening.on('message', (_, id: string) => void this.#hear(id))
    void listening.subscribe(keys.telling)
    this.#confirming = setInterval(() => this.#confirm(), timing.confirm)
    connection.onReady(() => this.#confirm())
    void this.#begin()
  }

  /** How many attempts it performs at once. */
  get concurrency(): number {
    return this.#concurrency
  }

  set concurrency(concurrency: number) {
    this.#concurrency = concurrency
    this.#worker.concurrency = concurrency
    // it takes more only once it is woken
    void this.#worker.pause(true).then(() => this.#worker.resume())
    this.#confirm()
  }

  /** How many attempts it performs now. */
  get running(): number {
    return this.#running.size
  }

  /**
   * Takes nothing more, gives what runs so many milliseconds, interrupts the rest, and resolves when all has been
   * said in Redis, or that could not be done in time.
   */
  async close(grace: number): Promise<void> {
    const { connection, keys, timing } = this.#options
    this.#closing = true
    await within(timing.patience, withdraw(connection, keys, this.id))
    const closed = this.#worker.close()
    await within(grace, closed)
    this.#over = new StopReason(
      'interrupted',
      `the executor ${this.name} stopped before this was done`,
    )
    for (const { controller } of this.#running.values()) controller.abort(this.#over)
    // without Redis nothing more can be said: the leases run out
    const waiting = new AbortController()
    await Promise.race([closed, this.#hopeless(waiting.signal)])
    waiting.abort()
    clearInterval(this.#confirming)
  }

  /** Resolves once Redis has been away for too long to wait for. */
  async #hopeless(signal: AbortSignal): Promise<void> {
    const { connection, timing } = this.#options
    let left = timing.patience
    while (left > 0 && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, timing.confirm))
      left = connection.trouble === null ? timing.patience : left - timing.confirm
    }
  }

  /** Takes attempts once its folders are known to be those of the intake. */
  async #begin(): Promise<void> {
    const { timing, sharing, logger } = this.#options
    for (let said: string | null = null; sharing && !this.#closing;) {
      const problem = await sharing().catch((error: unknown) => (error as Error).message)
      if (problem === null) break
      if (problem !== said) logger.error(`${problem}. No job is performed here until then`)
      said = problem
      await new Promise((resolve) => setTimeout(resolve, timing.confirm))
    }
    if (this.#closing) return
    this.#takes = true
    this.#confirm()
    // it ends when it is closed, and tells of errors by its event
    await this.#worker.run().catch(() => undefined)
  }

  async #perform(stored: StoredAttempt<AttemptOrder>, token = ''): Promise<AttemptOutcome> {
    const { id = '', data } = stored
    const controller = new AbortController()
    this.#running.set(id, { token, controller })
    const news = new NewsWriter(this.name, (latest: AttemptNews) => stored.updateProgress(latest))
    news.tell({})
    try {
      if (this.#over) controller.abort(this.#over)
      await this.#hear(id)
      const outcome = await performSafely(this.#options.performer, jobOf(data), {
        attempt: data.attempt,
        signal: controller.signal,
        progress: (progress) => news.tell({ progress }),
        opened: (opened) => news.tell({ opened }),
        stillCounts: () => this.#hold(id, token),
      })
      await news.flush()
      // Redis may have been away for longer than the lease; BullMQ takes no end without it
      await this.#hold(id, token)
      return withoutDetails(outcome)
    } finally {
      this.#running.delete(id)
    }
  }

  async #hold(id: string, token: string): Promise<boolean> {
    const { connection, prefix, timing } = this.#options
    return hold(connection.redis, { prefix, id, token, duration: timing.lease })
  }

  /** Confirms what is performed, and that we are there; ends what was lost. */
  #confirm(): void {
    const { connection, keys, timing, logger } = this.#options
    if (connection.trouble !== null) return
    const failed = (err: unknown): void => {
      if (connection.trouble === null)
        logger.warn({ err }, 'Redis did not take what was to be confirmed')
    }
    if (this.#takes && !this.#closing) {
      const { id, name, concurrency } = this
      announce(connection, keys, { id, name, concurrency }, timing).catch(failed)
    }
    for (const [id, { token, controller }] of this.#running) {
      this.#hold(id, token).then((held) => {
        if (held || !this.#running.has(id)) return
        const message = `the executor ${this.name} was silent for too long, and the attempt was given to another`
        controller.abort(new StopReason('interrupted', message))
      }, failed)
      this.#hear(id).catch(failed)
    }
  }

  /** Looks whether an attempt is to end. */
  async #hear(id: string): Promise<void> {
    const running = this.#running.get(id)
    if (!running || running.controller.signal.aborted) return
    const { connection, keys } = this.#options
    const text = await connection.redis.get(keys.tell(id))
    if (text === null) return
    const { kind, message } = JSON.parse(text) as TellToEnd
    running.controller.abort(new StopReason(kind, message))
  }
}

/** A performer promises not to throw; if one does, the job has failed and the executor goes on. */
async function performSafely(
  performer: Performer,
  job: Job,
  request: AttemptRequest,
): Promise<AttemptOutcome> {
  try {
    return await performer(job, request)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { result: { state: 'failed', reason: 'not-started', message }, resultsDir: null }
  }
}
