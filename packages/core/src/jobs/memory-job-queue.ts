import type { ActionResult, Progress } from '../actions/action.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import { SteadyEmitter } from '../errors/steady-emitter.js'
import { afterRestart } from './after-restart.js'
import { isEndState, type Job, type JobStatus, newStatus } from './job.js'
import {
  type AttemptOutcome,
  type JobQueue,
  type JobQueueEvents,
  type Performer,
  StopReason,
} from './job-queue.js'
import {
  type MemoryJobQueueOptions,
  type MemoryJobQueueOptionsWithDefaults,
  withMemoryJobQueueDefaults,
} from './memory-job-queue-options.js'

export type { MemoryJobQueueOptions } from './memory-job-queue-options.js'

/**
 * The reference implementation of {@link JobQueue}: first come, first served, in this process's memory.
 *
 * @example
 * ```ts
 * import { MemoryJobQueue } from '@prompt-papermill/core'
 *
 * const queue = new MemoryJobQueue({ concurrency: 1 })
 * queue.events.on('status', ({ job, state }) => console.log(job.id, state.state))
 * await queue.start(async () => ({ result: { state: 'succeeded' }, resultsDir: null }))
 * await queue.idle()
 * ```
 */
export class MemoryJobQueue implements JobQueue {
  readonly events = new SteadyEmitter<JobQueueEvents>()
  readonly #options: MemoryJobQueueOptionsWithDefaults
  readonly #statuses = new Map<string, JobStatus>()
  readonly #ended: string[] = []
  readonly #queued: string[] = []
  readonly #running = new Map<string, AbortController>()
  readonly #delayed = new Map<string, ReturnType<typeof setTimeout>>()
  readonly #idle = new Set<() => void>()
  /** Jobs that stand elsewhere now than when the host's earlier life ended. */
  #changedSince: JobStatus[] = []
  #performer: Performer | undefined
  #paused = false
  #stopping = false

  constructor(options: MemoryJobQueueOptions = {}) {
    this.#options = withMemoryJobQueueDefaults(options)
    for (const status of this.#options.known) this.#knowAgain(status)
  }

  start(performer: Performer): Promise<void> {
    this.#performer = performer
    for (const status of this.#changedSince) this.events.emit('status', status)
    this.#changedSince = []
    this.#fill()
    return Promise.resolve()
  }

  add(jobs: readonly Job[]): Promise<readonly Job[]> {
    if (this.#stopping) {
      return Promise.reject(new BlueskyError('closed', 'the queue is stopping and takes no jobs'))
    }
    const fresh: Job[] = []
    for (const job of jobs) {
      if (this.#statuses.has(job.id)) continue
      const status = newStatus(job)
      fresh.push(job)
      this.#know(status)
      this.events.emit('status', status)
    }
    this.#fill()
    return Promise.resolve(fresh)
  }

  cancel(id: string, message: string): Promise<boolean> {
    const status = this.#statuses.get(id)
    if (!status || isEndState(status.state)) return Promise.resolve(false)
    const running = this.#running.get(id)
    if (running) running.abort(new StopReason('cancelled', message))
    else {
      this.#forgetQueued(id)
      this.#end(status, { state: 'cancelled', message })
    }
    return Promise.resolve(true)
  }

  rerun(status: JobStatus): Promise<boolean> {
    const { id } = status.job
    const known = this.#statuses.get(id) ?? status
    if (!isEndState(known.state) || this.#stopping) return Promise.resolve(false)
    const at = this.#ended.indexOf(id)
    if (at >= 0) this.#ended.splice(at, 1)
    this.#change(known, { state: { state: 'queued' }, finishedAt: null, interruptions: 0 })
    this.#queued.push(id)
    this.#fill()
    return Promise.resolve(true)
  }

  pause(): Promise<void> {
    this.#paused = true
    return Promise.resolve()
  }

  resume(): Promise<void> {
    this.#paused = false
    this.#fill()
    return Promise.resolve()
  }

  get(id: string): Promise<JobStatus | undefined> {
    return Promise.resolve(this.#statuses.get(id))
  }

  async idle(): Promise<void> {
    if (!this.#isSettled()) await new Promise<void>((resolve) => this.#idle.add(resolve))
  }

  async stop(grace: number): Promise<void> {
    this.#stopping = true
    for (const timer of this.#delayed.values()) clearTimeout(timer)
    this.#fill()
    if (this.#running.size === 0) return
    const timer = setTimeout(() => {
      const reason = new StopReason('interrupted', 'the worker stopped before this was done')
      for (const controller of this.#running.values()) controller.abort(reason)
    }, grace)
    await new Promise<void>((resolve) => this.#idle.add(resolve))
    clearTimeout(timer)
  }

  #know(status: JobStatus): void {
    this.#statuses.set(status.job.id, status)
    if (isEndState(status.state)) this.#remember(status.job.id)
    else this.#queued.push(status.job.id)
  }

  #knowAgain(before: JobStatus): void {
    const status = afterRestart(before, this.#options.maxInterruptions)
    this.#know(status)
    if (status !== before) this.#changedSince.push(status)
  }

  /** Bounds what is kept of ended jobs. */
  #remember(id: string): void {
    this.#ended.push(id)
    if (this.#ended.length > this.#options.remembered) {
      this.#statuses.delete(this.#ended.shift() as string)
    }
  }

  #fill(): void {
    const performer = this.#performer
    if (!performer) return
    while (!this.#paused && !this.#stopping && this.#running.size < this.#options.concurrency) {
      const id = this.#queued.shift()
      if (id === undefined) break
      void this.#perform(this.#statuses.get(id) as JobStatus, performer)
    }
    if (this.#isSettled()) {
      for (const resolve of this.#idle) resolve()
      this.#idle.clear()
    }
  }

  async #perform(before: JobStatus, performer: Performer): Promise<void> {
    const { job } = before
    const controller = new AbortController()
    this.#running.set(job.id, controller)
    const attempt = before.attempt + 1
    let status = this.#change(before, {
      state: { state: 'running', progress: null },
      attempt,
      startedAt: new Date().toISOString(),
      finishedAt: null,
    })
    const progress = (value: Progress): void => {
      if (this.#running.get(job.id) !== controller) return
      status = this.#change(status, { state: { state: 'running', progress: value } })
    }
    const { result, resultsDir } = await performSafely(performer, job, {
      attempt,
      signal: controller.signal,
      progress,
    })
    this.#running.delete(job.id)
    this.#settle({ ...status, resultsDir }, result, controller.signal)
    this.#fill()
  }

  #settle(status: JobStatus, result: ActionResult, signal: AbortSignal): void {
    const { maxInterruptions } = this.#options
    const retry = status.job.retry ?? this.#options.retry
    const failed = result.state === 'failed' ? result : null
    if (failed?.reason === 'interrupted' && status.interruptions < maxInterruptions) {
      this.#change(status, {
        state: { state: 'queued' },
        interruptions: status.interruptions + 1,
        finishedAt: new Date().toISOString(),
      })
      this.#queued.push(status.job.id)
    } else if (
      failed &&
      // who was told to end failed of that, whatever it says
      !signal.aborted &&
      retry.on.includes(failed.reason) &&
      status.attempt - status.interruptions < retry.attempts
    ) {
      this.#change(status, { state: { state: 'queued' }, finishedAt: new Date().toISOString() })
      this.#queueLater(status.job.id, retry.delay)
    } else {
      this.#end(status, result)
    }
  }

  #queueLater(id: string, delay: number): void {
    const timer = setTimeout(() => {
      this.#delayed.delete(id)
      this.#queued.push(id)
      this.#fill()
    }, delay)
    this.#delayed.set(id, timer)
  }

  #end(status: JobStatus, result: ActionResult): void {
    this.#change(status, { state: result, finishedAt: new Date().toISOString() })
    this.#remember(status.job.id)
    this.#fill()
  }

  #change(status: JobStatus, change: Partial<JobStatus>): JobStatus {
    const changed = { ...status, ...change }
    this.#statuses.set(status.job.id, changed)
    this.events.emit('status', changed)
    return changed
  }

  #forgetQueued(id: string): void {
    const at = this.#queued.indexOf(id)
    if (at >= 0) this.#queued.splice(at, 1)
    clearTimeout(this.#delayed.get(id))
    this.#delayed.delete(id)
  }

  /** Whether nothing more will happen by itself: all has ended, or the queue has stopped. */
  #isSettled(): boolean {
    if (this.#running.size > 0) return false
    return this.#stopping || (this.#queued.length === 0 && this.#delayed.size === 0)
  }
}

/** A performer promises not to throw; if one does, the job has failed and the queue goes on. */
async function performSafely(
  performer: Performer,
  job: Job,
  request: Parameters<Performer>[1],
): Promise<AttemptOutcome> {
  try {
    return await performer(job, request)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { result: { state: 'failed', reason: 'not-started', message }, resultsDir: null }
  }
}
