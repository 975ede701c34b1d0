import type { ActionResult } from '../actions/action.js'
import type { Job, JobStatus } from '../jobs/job.js'
import type { AttemptRequest, JobQueue, Performer, StopReason } from '../jobs/job-queue.js'

export const succeeded: ActionResult = { state: 'succeeded' }

export const died: ActionResult = { state: 'failed', reason: 'kernel-died', message: 'signal 9' }

/** Ends every attempt in the same way. */
export function always(result: ActionResult): Performer {
  return () => Promise.resolve({ result, resultsDir: null })
}

/** For jobs that are not to be performed. */
export const neverCalled: Performer = (job) => {
  throw new Error(`job ${job.id} was performed`)
}

/** Ends when it is told to, by the reason for which it is. */
export async function untilAborted(_: Job, { signal }: AttemptRequest): ReturnType<Performer> {
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
  const { kind, message } = signal.reason as StopReason
  const result: ActionResult =
    kind === 'cancelled' ? { state: kind, message } : { state: 'failed', reason: kind, message }
  return { result, resultsDir: null }
}

/** Resolves when a job begins to run. */
export function whenRunning(queue: JobQueue): Promise<void> {
  return whenStatus(queue, ({ state }) => state.state === 'running').then(() => undefined)
}

/** Resolves with the first status told from now on that is like that. */
export function whenStatus(
  queue: JobQueue,
  isIt: (status: JobStatus) => boolean,
): Promise<JobStatus> {
  return new Promise((resolve) => {
    const look = (status: JobStatus): void => {
      if (!isIt(status)) return
      queue.events.off('status', look)
      resolve(status)
    }
    queue.events.on('status', look)
  })
}

/** A performer whose attempts end when they are let go, and which notes them as they begin. */
export class HeldPerformer {
  /** The jobs whose attempts have begun, in that order. */
  readonly began: Job[] = []
  readonly #letGo = new Map<string, () => void>()
  #look: () => void = () => undefined

  readonly perform: Performer = async (job) => {
    this.began.push(job)
    this.#look()
    await new Promise<void>((resolve) => this.#letGo.set(job.id, resolve))
    return { result: succeeded, resultsDir: null }
  }

  /** Resolves when so many have begun: at once in this process, later where others perform them. */
  async whenBegun(count: number): Promise<void> {
    while (this.began.length < count) await new Promise<void>((resolve) => (this.#look = resolve))
    await turn()
  }

  /** Ends the attempt of a job that runs. */
  letGo({ id }: Job): void {
    const letGo = this.#letGo.get(id)
    if (!letGo) throw new Error(`job ${id} does not run`)
    letGo()
  }
}

/** Whether a value is a time in ISO 8601, UTC. */
export function isTime(value: unknown): boolean {
  return typeof value === 'string' && new Date(value).toISOString() === value
}

/** The `code` of the error with which something rejects; undefined if it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

/** Lets everything happen that is on its way within this process. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5))
}
