import type { ActionResult } from '../actions/action.js'
import type { Job } from '../jobs/job.js'
import type { AttemptRequest, JobQueue, Performer, StopReason } from '../jobs/job-queue.js'

export const succeeded: ActionResult = { state: 'succeeded' }

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
  return new Promise((resolve) => {
    queue.events.on('status', ({ state }) => {
      if (state.state === 'running') resolve()
    })
  })
}

/** Whether a value is a time in ISO 8601, UTC. */
export function isTime(value: unknown): boolean {
  return typeof value === 'string' && new Date(value).toISOString() === value
}

/** Lets everything happen that is on its way within this process. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5))
}
