import {
  type ActionResult,
  type Job,
  MemoryJobQueue,
  type MemoryJobQueueOptions,
  type Performer,
} from '@prompt-papermill/core'

export const succeeded: ActionResult = { state: 'succeeded' }

/** Performs attempts one after another with these results; the last one counts for all further ones. */
export function performing(...results: ActionResult[]): Performer & { attempts: number[] } {
  const attempts: number[] = []
  const perform: Performer = (_, { attempt }) => {
    attempts.push(attempt)
    const result = results[Math.min(attempts.length, results.length) - 1] as ActionResult
    return Promise.resolve({ result, resultsDir: `/results/attempt-${attempt}` })
  }
  return Object.assign(perform, { attempts })
}

/** A queue that is started and has jobs. */
export async function queueOf(
  performer: Performer,
  options: MemoryJobQueueOptions = {},
  ...jobs: Job[]
): Promise<MemoryJobQueue> {
  const queue = new MemoryJobQueue(options)
  await queue.start(performer)
  await queue.add(jobs)
  return queue
}
