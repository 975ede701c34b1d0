import type { ActionResult } from '../actions/action.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import { SteadyEmitter } from '../errors/steady-emitter.js'
import { afterAttempt } from './after-attempt.js'
import { afterRestart } from './after-restart.js'
import { Capacity } from './capacity.js'
import { isEndState, type Job, type JobStatus, newStatus, readyToBegin } from './job.js'
import {
  type JobQueue,
  type JobQueueEvents,
  type Performer,
  type QueueCounts,
  type QueueLimits,
  type ReadyCheck,
  type RerunOptions,
  StopReason,
} from './job-queue.js'
import { KnownJobs } from './known-jobs.js'
import {
  checkLimits,
  type MemoryJobQueueOptions,
  type MemoryJobQueueOptionsWithDefaults,
  withMemoryJobQueueDefaults,
} from './memory-job-queue-options.js'
import { PendingJobs } from './pending-jobs.js'
import { type AttemptOwner, RunningJobs } from './running-jobs.js'

export type { MemoryJobQueueOptions } from './memory-job-queue-options.js'

/**
 * The reference implementation of {@link JobQueue}, in this process's memory: by priority, then first come,
 * first served.
 *
 * @example
 * ```ts
 * import { MemoryJobQueue } from '@prompt-papermill/core'
 * import { makeJob } from '@prompt-papermill/core/testing'
 *
 * const queue = new MemoryJobQueue({ concurrency: 4, rules: { reduction: 1 } })
 * queue.events.on('status', ({ state }) => console.log(state.state))
 * // queued
 * // running
 * // succeeded
 * await queue.start(async () => ({ result: { state: 'succeeded' }, resultsDir: null }))
 * await queue.add([makeJob({ rule: 'reduction' })])
 * await queue.idle()
 * ```
 */
export class MemoryJobQueue implements JobQueue {
  readonly events = new SteadyEmitter<JobQueueEvents>()
  readonly #options: MemoryJobQueueOptionsWithDefaults
  readonly #jobs: KnownJobs
  readonly #pending = new PendingJobs()
  readonly #running: RunningJobs
  readonly #capacity: Capacity
  readonly #idle = new Set<() => void>()
  /** Jobs that stand elsewhere now than when the host's earlier life ended. */
  #changedSince: JobStatus[] = []
  /** Jobs whose attempts went on while the host was away. */
  #outlived: JobStatus[] = []
  #performer: Performer | undefined
  #paused = false
  #stopping = false

  /** @throws BlueskyError `bad-option` for limits with which no job would ever run. */
  constructor(options: MemoryJobQueueOptions = {}) {
    this.#options = withMemoryJobQueueDefaults(options)
    const { concurrency, rules, capacity, remembered, known } = this.#options
    this.#running = new RunningJobs({ concurrency, rules })
    this.#capacity = new Capacity(capacity, () => this.#pending.size)
    this.#jobs = new KnownJobs(remembered)
    for (const status of known) this.#knowAgain(status)
  }

  get paused(): boolean {
    return this.#paused
  }

  start(performer: Performer, ready: ReadyCheck = neverReady): Promise<void> {
    this.#performer = performer
    for (const status of this.#changedSince) this.events.emit('status', status)
    this.#changedSince = []
    for (const { job } of this.#outlived) this.#resume(job.id, performer)
    this.#outlived = []
    this.#pending.openRoom(ready, {
      waiting: (id, state) => this.#change(this.#known(id), { state }),
      ready: (id) => {
        this.#pending.add(this.#change(this.#known(id), { state: { state: 'queued' } }))
        this.#fill()
      },
      gaveUp: (id, message) =>
        this.#end(this.#known(id), { state: 'skipped', reason: 'data-not-ready', message }),
    })
    this.#fill()
    return Promise.resolve()
  }

  add(jobs: readonly Job[]): Promise<readonly Job[]> {
    if (this.#stopping) {
      return Promise.reject(new BlueskyError('closed', 'the queue is stopping and takes no jobs'))
    }
    const fresh = jobs.filter((job) => {
      if (this.#jobs.has(job.id)) return false
      const status = this.#capacity.admit(newStatus(job))
      this.#jobs.set(status)
      this.events.emit('status', status)
      this.#pending.add(status)
      return true
    })
    this.#fill()
    return Promise.resolve(fresh)
  }

  cancel(id: string, message: string): Promise<boolean> {
    const status = this.#jobs.get(id)
    if (!status || isEndState(status.state)) return Promise.resolve(false)
    if (!this.#running.abort(id, new StopReason('cancelled', message))) {
      this.#pending.delete(id)
      this.#end(status, { state: 'cancelled', message })
    }
    return Promise.resolve(true)
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what it throws rejects
  async rerun(status: JobStatus, { priority, job }: RerunOptions = {}): Promise<boolean> {
    const known = this.#jobs.get(status.job.id) ?? status
    if (!isEndState(known.state) || this.#stopping) return false
    this.#capacity.check()
    const again = job ?? known.job
    const changed = this.#change(known, {
      job: again,
      state: readyToBegin(again, new Date().toISOString()),
      finishedAt: null,
      interruptions: 0,
      tries: 0,
      priority: priority ?? again.priority,
    })
    this.#pending.add(changed)
    this.#fill()
    return true
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

  // eslint-disable-next-line @typescript-eslint/require-await -- so that what it throws rejects
  async setLimits(limits: Partial<QueueLimits>): Promise<void> {
    const wanted = { ...this.#running.limits, ...limits }
    checkLimits(wanted)
    this.#running.limits = wanted
    this.#fill()
  }

  get(id: string): Promise<JobStatus | undefined> {
    return Promise.resolve(this.#jobs.get(id))
  }

  counts(): Promise<QueueCounts> {
    return Promise.resolve({
      queued: this.#pending.queued,
      waiting: this.#pending.waiting,
      running: this.#running.size,
      refused: this.#capacity.refused,
    })
  }

  async idle(): Promise<void> {
    if (!this.#isSettled()) await new Promise<void>((resolve) => this.#idle.add(resolve))
  }

  async stop(grace: number): Promise<void> {
    this.#stopping = true
    this.#pending.stop()
    this.#fill()
    if (this.#running.size === 0) return
    const timer = setTimeout(() => {
      this.#running.abortAll(
        new StopReason('interrupted', 'the worker stopped before this was done'),
      )
    }, grace)
    await new Promise<void>((resolve) => this.#idle.add(resolve))
    clearTimeout(timer)
  }

  /**
   * Stops at once and leaves what runs as it is, for a queue that is made with `outlives` in the host's next life.
   *
   * @example
   * ```ts
   * import { MemoryJobQueue } from '@prompt-papermill/core'
   *
   * const queue = new MemoryJobQueue({ outlives: true })
   * queue.leave()
   * await queue.idle()
   * ```
   */
  leave(): void {
    this.#stopping = true
    this.#pending.stop()
    this.#running.leave()
    this.#fill()
  }

  #knowAgain(before: JobStatus): void {
    if (this.#options.outlives && before.state.state === 'running') {
      this.#jobs.set(before)
      this.#outlived.push(before)
      return
    }
    const status = afterRestart(before, this.#options.maxInterruptions)
    this.#jobs.set(status)
    if (status !== before) this.#changedSince.push(status)
    this.#pending.add(status)
  }

  #known(id: string): JobStatus {
    return this.#jobs.get(id) as JobStatus
  }

  #fill(): void {
    const performer = this.#performer
    if (!performer) return
    while (!this.#paused && !this.#stopping && this.#running.hasRoom) {
      const id = this.#pending.take((rule) => this.#running.hasRoomFor(rule))
      if (id === undefined) break
      this.#perform(this.#known(id), performer)
    }
    if (this.#isSettled()) {
      for (const resolve of this.#idle) resolve()
      this.#idle.clear()
    }
  }

  #perform(before: JobStatus, performer: Performer): void {
    const { id } = before.job
    const started = this.#change(before, {
      state: { state: 'running', progress: null },
      attempt: before.attempt + 1,
      tries: before.tries + 1,
      resultsDir: null,
      startedAt: new Date().toISOString(),
      finishedAt: null,
    })
    void this.#running.perform(started, performer, this.#ownerOf(id))
  }

  /** Goes on with an attempt that went on without us, unless it was cancelled before we began. */
  #resume(id: string, performer: Performer): void {
    const status = this.#known(id)
    if (status.state.state !== 'running') return
    void this.#running.perform(status, performer, this.#ownerOf(id), { resumed: true })
  }

  #ownerOf(id: string): AttemptOwner {
    return {
      change: (change) => this.#change(this.#known(id), change),
      ended: ({ result, resultsDir }, toldToEnd) => {
        const now = this.#known(id)
        this.#settle({ ...now, resultsDir: resultsDir ?? now.resultsDir }, result, toldToEnd)
        this.#fill()
      },
    }
  }

  #settle(status: JobStatus, result: ActionResult, toldToEnd: boolean): void {
    const next = afterAttempt(status, result, toldToEnd, this.#options)
    if ('end' in next) {
      this.#end(status, next.end)
      return
    }
    const { interruptions, delay, message } = next.again
    const queued = this.#change(status, {
      state: { state: 'queued', message },
      interruptions,
      finishedAt: new Date().toISOString(),
    })
    if (delay === 0) this.#pending.add(queued)
    else this.#pending.addLater(queued, delay, () => this.#fill())
  }

  #end(status: JobStatus, result: ActionResult): void {
    this.#change(status, { state: result, finishedAt: new Date().toISOString() })
    this.#fill()
  }

  #change(status: JobStatus, change: Partial<JobStatus>): JobStatus {
    const changed = { ...status, ...change }
    this.#jobs.set(changed)
    this.events.emit('status', changed)
    return changed
  }

  /** Whether nothing more will happen by itself: all has ended, or the queue has stopped. */
  #isSettled(): boolean {
    if (this.#running.size > 0) return false
    return this.#stopping || (this.#pending.size === 0 && this.#outlived.length === 0)
  }
}

const neverReady: ReadyCheck = () =>
  Promise.resolve({
    ready: false,
    message: 'nothing here can tell when its data is ready',
    never: true,
  })
