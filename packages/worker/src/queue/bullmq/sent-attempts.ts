import type { Job as StoredAttempt, Queue } from 'bullmq'

import { type AttemptNews, type AttemptOrder, newsOf } from './messages.js'

/** An attempt that lies in Redis since an earlier life of the intake. */
export interface SentAttempt {
  readonly id: string
  readonly job: string
  /** Its number: the one that its folder got, where it has one. */
  readonly attempt: number
}

/** What BullMQ calls the states of what has not been taken, is performed, or has ended. */
const untaken = ['waiting', 'prioritized', 'delayed'] as const
const taken = ['active', 'completed', 'failed'] as const

/** All attempts that lie in Redis. */
export async function sentAttempts(queue: Queue<AttemptOrder>): Promise<readonly SentAttempt[]> {
  const found = (await queue.getJobs([...untaken, ...taken])) as readonly (
    StoredAttempt<AttemptOrder> | undefined
  )[]
  // one that is removed meanwhile is undefined
  return found.flatMap((stored) => {
    if (stored?.id === undefined) return []
    const news: AttemptNews | null = newsOf(stored.progress)
    const { job, attempt } = stored.data
    return [{ id: stored.id, job, attempt: news?.opened?.attempt ?? attempt }]
  })
}

/**
 * The attempt of a job that an earlier life of the intake sent.
 *
 * @param attempt - the number that the ledger has. What was sent before that one has a lower number, and its own may
 *   have got a higher one, where the intake was not there to note it.
 */
export function attemptOf(
  sent: readonly SentAttempt[],
  job: string,
  attempt: number,
): SentAttempt | undefined {
  return sent
    .filter((one) => one.job === job && one.attempt >= attempt)
    .sort((a, b) => b.attempt - a.attempt)[0]
}
