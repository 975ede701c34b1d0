import type { ReadinessState } from '../actions/readiness.js'
import type { Job, JobStatus, JobWait, WaitingState } from './job.js'
import type { ReadyCheck } from './job-queue.js'
import { Slots } from './slots.js'

/** What a {@link WaitingRoom} tells its queue. */
export interface WaitingRoomOwner {
  /** A job goes on waiting. */
  waiting(id: string, state: WaitingState): void
  ready(id: string): void
  /** A job's limit was reached, or its data can't come any more. */
  gaveUp(id: string, message: string): void
}

/** A timer that is to wait longer ends at once; in milliseconds. */
const longestTimer = 2 ** 31 - 1

/** How many jobs are looked at at once: a look may start a program. */
const looksAtOnce = 32

/** What one look may take at least, in milliseconds, be the job's limit ever so near. */
const shortestLook = 10_000

/**
 * The jobs that wait for their data: looks at each with longer and longer pauses, until it is ready or its
 * limit is reached. For queues; nothing of it is kept over a restart but the job's state.
 */
export class WaitingRoom {
  readonly #check: ReadyCheck
  readonly #owner: WaitingRoomOwner
  readonly #waiting = new Map<string, AbortController>()
  readonly #looks = new Slots(looksAtOnce)

  constructor(check: ReadyCheck, owner: WaitingRoomOwner) {
    this.#check = check
    this.#owner = owner
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Begins, or goes on after a restart, to wait for a job's data. */
  enter({ job, state }: JobStatus): void {
    const { wait } = job
    if (!wait || state.state !== 'waiting' || this.#waiting.has(job.id)) return
    const controller = new AbortController()
    this.#waiting.set(job.id, controller)
    void this.#watch(job, wait, state.since, controller)
  }

  /** Waits for a job no more; false if it did not. */
  leave(id: string): boolean {
    this.#waiting.get(id)?.abort()
    return this.#waiting.delete(id)
  }

  close(): void {
    for (const id of [...this.#waiting.keys()]) this.leave(id)
  }

  async #watch(job: Job, wait: JobWait, since: string, controller: AbortController): Promise<void> {
    const { signal } = controller
    // one that left, and may have come again since, is no more of ours
    const left = (): boolean => this.#waiting.get(job.id) !== controller
    const passed = stopwatchSince(since)
    for (let pause = wait.every; ; pause = Math.min(pause * wait.factor, wait.longest)) {
      const found = await this.#look(job, wait.limit - passed(), signal)
      if (left()) return
      const remaining = wait.limit - passed()
      if (found.ready || found.never || remaining <= 0) {
        this.#waiting.delete(job.id)
        if (found.ready) this.#owner.ready(job.id)
        else this.#owner.gaveUp(job.id, found.never ? found.message : overdue(wait, found.message))
        return
      }
      const delay = Math.min(pause, remaining)
      this.#owner.waiting(job.id, stateOf(wait, found.message, since, delay, remaining))
      await pauseFor(delay, signal)
      if (left()) return
    }
  }

  /** Looks once; a look that hangs or throws is one that found nothing. */
  async #look(job: Job, left: number, waiting: AbortSignal): Promise<ReadinessState> {
    await this.#looks.take()
    const looking = new AbortController()
    const abort = (): void => looking.abort()
    waiting.addEventListener('abort', abort)
    const longest = Math.max(left, shortestLook)
    const hung = after(longest, looking.signal).then((): ReadinessState => ({
      ready: false,
      message: `no answer within ${seconds(longest)}`,
    }))
    try {
      if (waiting.aborted) return { ready: false, message: 'not waited for any more' }
      return await Promise.race([this.#check(job, looking.signal), hung])
    } catch (error) {
      return { ready: false, message: error instanceof Error ? error.message : String(error) }
    } finally {
      waiting.removeEventListener('abort', abort)
      looking.abort()
      this.#looks.give()
    }
  }
}

function stateOf(
  wait: JobWait,
  missing: string,
  since: string,
  delay: number,
  left: number,
): WaitingState {
  const [nextTry, until] = [delay, left].map((ms) => new Date(Date.now() + ms).toISOString())
  const message = `for ${wait.for}: ${missing} (since ${since}, next try ${nextTry}, until ${until})`
  return { state: 'waiting', message, since, nextTry: nextTry as string }
}

function overdue({ for: what, limit }: JobWait, missing: string): string {
  return `waited ${seconds(limit)} for ${what}: ${missing}. Rerun the job once its data is there, or give it a longer \`limit\``
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}

/**
 * Milliseconds since a time of day, which may be before this process began; then on by a clock that nobody sets.
 */
function stopwatchSince(since: string): () => number {
  const before = Math.max(0, Date.now() - Date.parse(since)) || 0
  const began = performance.now()
  return () => before + (performance.now() - began)
}

/** Resolves after so many milliseconds, or once the signal is aborted. */
async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(ms, longestTimer))
    signal.addEventListener('abort', done)
  })
}

/** As {@link pauseFor}, and never resolves when it was aborted. */
async function after(ms: number, signal: AbortSignal): Promise<void> {
  await pauseFor(ms, signal)
  if (signal.aborted) await new Promise(() => undefined)
}
