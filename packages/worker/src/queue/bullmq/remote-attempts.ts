import { randomBytes } from 'node:crypto'

import type { AttemptOutcome, AttemptRequest, Job, Performer } from '@prompt-papermill/core'
import type { Queue, QueueEvents } from 'bullmq'

import { endInFolder } from '../../ledger/recover-jobs.js'
import type { WorkerLogger } from '../../log/logger.js'
import type { Connection } from './connection.js'
import { EndedAttempts } from './ended-attempts.js'
import type { Keys } from './keys.js'
import type { Libraries } from './libraries.js'
import { type AttemptNews, type AttemptOrder, endedBy, orderOf, queueName } from './messages.js'
import { attemptOf, type SentAttempt, sentAttempts } from './sent-attempts.js'
import { standingOf } from './standing.js'
import type { QueueTiming } from './timing.js'

/** What attempts are sent with. */
export interface RemoteAttemptsOptions {
  readonly bullmq: Libraries['bullmq']
  readonly connection: Connection
  readonly prefix: string
  readonly keys: Keys
  readonly timing: QueueTiming
  readonly logger: WorkerLogger
  /** Whether this is the queue's intake, and no other. */
  readonly isIntake: () => boolean
}

/** An attempt whose end is awaited. */
interface Followed {
  readonly job: Job
  readonly request: AttemptRequest
  readonly ended: (outcome: AttemptOutcome) => void
  readonly since: number
  /** The latest news, and their text. */
  news: AttemptNews | null
  said: string
}

/**
 * The intake's side of attempts that executors perform: sends each through Redis, under an id of its own that is
 * never used again, and hears how it ends. What counts is decided in Redis, at once: either the executor ends the
 * attempt while it holds its lease, or the attempt was lost before.
 */
export class RemoteAttempts {
  readonly #options: RemoteAttemptsOptions
  readonly #queue: Queue<AttemptOrder>
  readonly #events: QueueEvents
  readonly #followed = new Map<string, Followed>()
  readonly #ended: EndedAttempts
  readonly #looking: ReturnType<typeof setInterval>
  #earlier: Promise<readonly SentAttempt[]> | undefined

  constructor(options: RemoteAttemptsOptions) {
    this.#options = options
    const { bullmq, connection, prefix, timing } = options
    const shared = { connection: connection.redis, prefix }
    this.#queue = new bullmq.Queue(queueName, { ...shared, skipWaitingForReady: true })
    this.#events = new bullmq.QueueEvents(queueName, {
      ...shared,
      connection: connection.another(),
      // from the first, so that none is missed that is told before we listen
      lastEventId: '0-0',
    })
    // the connection says it
    this.#queue.on('error', () => undefined)
    this.#events.on('error', () => undefined)
    const look = ({ jobId }: { readonly jobId: string }): void => this.#look(jobId)
    this.#events.on('progress', look)
    this.#events.on('completed', look)
    this.#events.on('failed', look)
    this.#looking = setInterval(() => this.#lookAround(), timing.reconcile)
    this.#ended = new EndedAttempts({
      ...options,
      queue: this.#queue,
      isFollowed: (id) => this.#followed.has(id),
      end: (id, message) => this.#sayEnd(id, { kind: 'interrupted', message }),
    })
    connection.onReady(() => this.#lookAround())
  }

  /** How many attempts have been sent and have not ended. */
  get size(): number {
    return this.#followed.size
  }

  /** Has one attempt performed by whoever takes it, or follows one on that was sent in an earlier life. */
  readonly perform: Performer = async (job, request) => {
    const id = request.resumed ? await this.#find(job, request) : this.#idOf(job, request)
    if (id === undefined) {
      const message = 'the attempt is not in Redis any more, nor has it left a manifest'
      return { result: { state: 'failed', reason: 'interrupted', message }, resultsDir: null }
    }
    return new Promise((ended) => {
      const since = performance.now()
      this.#followed.set(id, { job, request, ended, since, news: null, said: '' })
      request.signal.addEventListener('abort', () => this.#tell(id), { once: true })
      if (request.signal.aborted) this.#tell(id)
      else if (request.resumed) this.#look(id)
      else this.#send(id, job, request)
    })
  }

  /** An attempt's executor is gone: it was taken from it, and can't end any more. */
  lost(id: string): void {
    const followed = this.#followed.get(id)
    if (followed) void this.#endLost(id, followed, `${whoOf(followed)} has gone silent`)
  }

  /** Looks at once how all stand; resolves when it is known. */
  async lookAtAll(): Promise<void> {
    await Promise.all([...this.#followed.keys()].map((id) => this.#lookNow(id)))
  }

  /** Follows none any more; they go on. */
  async close(): Promise<void> {
    clearInterval(this.#looking)
    this.#ended.close()
    this.#followed.clear()
    await this.#events.close()
    await this.#queue.close()
  }

  /** No `:` in it, which BullMQ refuses. */
  #idOf({ id }: Job, { attempt }: AttemptRequest): string {
    return `${id}-${attempt}-${randomBytes(6).toString('hex')}`
  }

  async #find({ id }: Job, { attempt }: AttemptRequest): Promise<string | undefined> {
    this.#earlier ??= sentAttempts(this.#queue)
    return attemptOf(await this.#earlier, id, attempt)?.id
  }

  #send(id: string, job: Job, { attempt }: AttemptRequest): void {
    const options = { jobId: id, attempts: 1, removeOnComplete: false, removeOnFail: false }
    // whatever happens on the way: an id is added once
    this.#queue.add(job.entry, orderOf(job, attempt), options).then(
      () => this.#look(id),
      (error: unknown) => {
        const message = `it could not be put into Redis: ${(error as Error).message}`
        this.#end(id, {
          result: { state: 'failed', reason: 'not-started', message },
          resultsDir: null,
        })
      },
    )
  }

  /** What is told may be lost while Redis is away. */
  #lookAround(): void {
    if (this.#options.connection.trouble !== null) return
    const before = performance.now() - this.#options.timing.reconcile
    for (const [id, { request, news, since }] of this.#followed) {
      if (!news && since < before) request.progress(untaken)
      this.#look(id)
    }
  }

  #look(id: string): void {
    this.#lookNow(id).catch((err: unknown) => {
      this.#options.logger.warn({ err, attempt: id }, 'how the attempt stands can not be read')
    })
  }

  async #lookNow(id: string): Promise<void> {
    if (!this.#followed.has(id)) return
    const standing = await standingOf(this.#options.bullmq, this.#queue, id)
    const followed = this.#followed.get(id)
    if (!followed) return
    if (standing.news) this.#hear(followed, standing.news)
    if (standing.outcome) this.#end(id, standing.outcome)
    else if (standing.lost !== undefined) await this.#endLost(id, followed, standing.lost)
  }

  /** Passes news on, each once. */
  #hear(followed: Followed, news: AttemptNews): void {
    const said = JSON.stringify(news)
    if (said === followed.said) return
    const { news: before, request } = followed
    Object.assign(followed, { news, said })
    if (news.opened && !before?.opened) request.opened?.(news.opened)
    const { progress } = news
    if (progress && JSON.stringify(progress) !== JSON.stringify(before?.progress)) {
      request.progress(progress)
    }
  }

  /** An attempt that was lost after it had left its manifest has ended as that says. */
  async #endLost(id: string, { job, request, news }: Followed, why: string): Promise<void> {
    const folder = news?.opened?.resultsDir ?? null
    const left = folder === null ? null : await endInFolder(folder, { job })
    if (left) {
      this.#end(id, { result: left.result, resultsDir: folder })
      return
    }
    this.#options.logger.warn(
      { job: job.id, attempt: request.attempt, executor: news?.executor },
      why,
    )
    const interrupted = { state: 'failed', reason: 'interrupted', message: why } as const
    const result = request.signal.aborted ? endedBy(request.signal) : interrupted
    this.#end(id, { result, resultsDir: folder })
  }

  #end(id: string, outcome: AttemptOutcome): void {
    const followed = this.#followed.get(id)
    if (!followed) return
    this.#followed.delete(id)
    this.#ended.add(id)
    followed.ended(outcome)
  }

  #tell(id: string): void {
    this.#tellNow(id).catch((err: unknown) => {
      this.#options.logger.error({ err, attempt: id }, 'the attempt could not be told to end')
    })
  }

  /** Takes out what nobody has taken, and tells who performs it to end it. */
  async #tellNow(id: string): Promise<void> {
    const followed = this.#followed.get(id)
    if (!followed) return
    const { signal } = followed.request
    const stored = await this.#queue.getJob(id)
    if (!stored || ((await stored.isWaiting()) && (await this.#queue.remove(id)) === 1)) {
      this.#end(id, { result: endedBy(signal), resultsDir: null })
      return
    }
    const { kind, message } = signal.reason as { readonly kind: string; readonly message: string }
    await this.#sayEnd(id, { kind, message })
  }

  async #sayEnd(
    id: string,
    why: { readonly kind: string; readonly message: string },
  ): Promise<void> {
    const { connection, keys } = this.#options
    await connection.redis.set(keys.tell(id), JSON.stringify(why), 'PX', tellFor)
    await connection.redis.publish(keys.telling, id)
  }
}

/** What is said of an attempt that nobody has taken. */
const untaken = { step: 0, of: 0, event: 'waiting', message: 'for an executor' } as const

/** How long it is remembered that an attempt is to end, in milliseconds: longer than any of them lasts. */
const tellFor = 7 * 24 * 3_600_000

function whoOf({ news }: Followed): string {
  return news ? `the executor ${news.executor}` : 'its executor'
}
