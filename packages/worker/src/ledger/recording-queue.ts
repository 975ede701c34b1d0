import {
  type ActionResult,
  type AttemptOutcome,
  type AttemptRequest,
  isEndState,
  type Job,
  type JobQueue,
  type JobStatus,
  newStatus,
  type Performer,
  type QueueCounts,
  type QueueLimits,
  type ReadyCheck,
  type RerunOptions,
  StopReason,
} from '@prompt-papermill/core'

import type { AttemptNote, Ledger } from './ledger.js'

/**
 * A queue that notes in the ledger where its jobs stand, and each of their attempts. What is asked of it is on the
 * disk when it resolves, and no attempt begins before the ledger has it.
 *
 * Jobs come in by the router, which has them in the ledger before (its `received`).
 */
export class RecordingQueue implements JobQueue {
  readonly events: JobQueue['events']
  readonly #queue: JobQueue
  readonly #ledger: Ledger
  readonly #failed: (error: unknown) => void
  /** Where jobs stand that have not ended, or whose end the ledger does not have yet. */
  readonly #noted = new Map<string, JobStatus>()
  /** Jobs that are being taken in: the ledger has them as they are. */
  readonly #adding = new Map<string, JobStatus>()
  readonly #writes = new Map<string, Promise<void>>()

  /**
   * @param failed - told when the ledger could not be written.
   */
  constructor(queue: JobQueue, ledger: Ledger, failed: (error: unknown) => void) {
    this.#queue = queue
    this.#ledger = ledger
    this.#failed = failed
    this.events = queue.events
    queue.events.on('status', (status) => this.#note(status))
  }

  get paused(): boolean {
    return this.#queue.paused
  }

  start(performer: Performer, ready?: ReadyCheck): Promise<void> {
    const perform: Performer = (job, request) => this.#perform(performer, job, request)
    return this.#queue.start(perform, ready)
  }

  async add(jobs: readonly Job[]): Promise<readonly Job[]> {
    for (const job of jobs) this.#adding.set(job.id, newStatus(job))
    try {
      return await this.#queue.add(jobs)
    } finally {
      for (const { id } of jobs) this.#adding.delete(id)
    }
  }

  async cancel(id: string, message: string): Promise<boolean> {
    const cancelled = await this.#queue.cancel(id, message)
    await this.#writes.get(id)
    return cancelled
  }

  async rerun(status: JobStatus, options?: RerunOptions): Promise<boolean> {
    const queued = await this.#queue.rerun(status, options)
    await this.#writes.get(status.job.id)
    return queued
  }

  pause(): Promise<void> {
    return this.#queue.pause()
  }

  resume(): Promise<void> {
    return this.#queue.resume()
  }

  setLimits(limits: Partial<QueueLimits>): Promise<void> {
    return this.#queue.setLimits(limits)
  }

  async get(id: string): Promise<JobStatus | undefined> {
    return (await this.#queue.get(id)) ?? this.#noted.get(id) ?? this.#ledger.job(id)
  }

  counts(): Promise<QueueCounts> {
    return this.#queue.counts()
  }

  async idle(): Promise<void> {
    await this.#queue.idle()
    await Promise.all(this.#writes.values())
  }

  async stop(grace: number): Promise<void> {
    await this.#queue.stop(grace)
    await Promise.all(this.#writes.values())
  }

  async #perform(performer: Performer, job: Job, request: AttemptRequest): Promise<AttemptOutcome> {
    const begun = await this.#begun(job.id, request.signal)
    if (begun !== true) return { result: begun, resultsDir: null }
    const startedAt = new Date().toISOString()
    let place: Pick<AttemptNote, 'attempt' | 'resultsDir'> = {
      attempt: request.attempt,
      resultsDir: null,
    }
    const note = (result: ActionResult | null): void => {
      this.#ledger
        .attempt({ job: job.id, ...place, startedAt, ...endOf(result) })
        .catch(this.#failed)
    }
    const opened: AttemptRequest['opened'] = (given) => {
      place = given
      request.opened?.(given)
      note(null)
    }
    const outcome = await performer(job, { ...request, opened })
    if (outcome.resultsDir !== null) place = { ...place, resultsDir: outcome.resultsDir }
    note(outcome.result)
    return outcome
  }

  /** True once the ledger has it that the job runs; else why it can't. */
  async #begun(id: string, signal: AbortSignal): Promise<true | ActionResult> {
    const aborted = new Promise<'aborted'>((resolve) => {
      if (signal.aborted) resolve('aborted')
      signal.addEventListener('abort', () => resolve('aborted'), { once: true })
    })
    try {
      const first = await Promise.race([this.#writes.get(id), aborted])
      return first === 'aborted' ? toldToEnd(signal) : true
    } catch (error) {
      return { state: 'failed', reason: 'interrupted', message: (error as Error).message }
    }
  }

  #note(status: JobStatus): void {
    const { id } = status.job
    const before = this.#noted.get(id) ?? this.#adding.get(id)
    this.#noted.set(id, status)
    if (!before || isNews(status, before)) this.#write(status)
    else this.#forgetEnded(id)
  }

  #forgetEnded(id: string): void {
    const status = this.#noted.get(id)
    if (status && isEndState(status.state)) this.#noted.delete(id)
  }

  #write(status: JobStatus): void {
    const { id } = status.job
    const write = this.#ledger.status(status)
    this.#writes.set(id, write)
    write.catch(this.#failed).finally(() => {
      if (this.#writes.get(id) !== write) return
      this.#writes.delete(id)
      this.#forgetEnded(id)
    })
  }
}

/** Progress within an attempt is not worth a write. */
function isNews(now: JobStatus, before: JobStatus): boolean {
  if (now.state.state !== before.state.state) return true
  if (now.attempt !== before.attempt || now.resultsDir !== before.resultsDir) return true
  const messages = [now.state, before.state].map((state) =>
    'message' in state ? state.message : undefined,
  )
  return messages[0] !== messages[1] || now.tries !== before.tries
}

function endOf(
  result: ActionResult | null,
): Pick<AttemptNote, 'state' | 'reason' | 'message' | 'evidence' | 'finishedAt'> {
  if (!result) {
    return { state: 'running', reason: null, message: null, evidence: null, finishedAt: null }
  }
  const reason = 'reason' in result ? result.reason : null
  return {
    state: reason === 'interrupted' ? 'interrupted' : result.state,
    reason: reason === 'interrupted' ? null : reason,
    message: result.message ?? null,
    evidence: ('evidence' in result ? result.evidence : null) ?? null,
    finishedAt: new Date().toISOString(),
  }
}

/** The result of an attempt that was told to end before it began. */
function toldToEnd({ reason }: AbortSignal): ActionResult {
  const message = reason instanceof Error ? reason.message : String(reason)
  const kind = reason instanceof StopReason ? reason.kind : 'cancelled'
  return kind === 'cancelled'
    ? { state: 'cancelled', message }
    : { state: 'failed', reason: kind, message }
}
