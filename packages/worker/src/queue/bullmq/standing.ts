import type { AttemptOutcome } from '@prompt-papermill/core'
import type { Queue } from 'bullmq'

import type { Libraries } from './libraries.js'
import { type AttemptNews, type AttemptOrder, isOutcome, newsOf } from './messages.js'

/** How an attempt stands in Redis. */
export interface Standing {
  readonly news: AttemptNews | null
  /** How it ended, if it has. */
  readonly outcome?: AttemptOutcome
  /** Why it never will. */
  readonly lost?: string
}

/** Looks how an attempt stands. */
export async function standingOf(
  { Job }: Libraries['bullmq'],
  queue: Queue<AttemptOrder>,
  id: string,
): Promise<Standing> {
  const stored = await Job.fromId<AttemptOrder>(queue, id)
  if (!stored) return { news: null, lost: 'the attempt is not in Redis any more' }
  const news = newsOf(stored.progress)
  if (stored.stalledCounter > 0) {
    return { news, lost: `the executor ${news?.executor ?? 'that had it'} has gone silent` }
  }
  if (!stored.finishedOn) return { news }
  if (isOutcome(stored.returnvalue)) return { news, outcome: stored.returnvalue }
  const why = stored.failedReason || 'what it answered is no end of an attempt'
  const message = `its executor could not perform it: ${why}`
  const result = { state: 'failed', reason: 'not-started', message } as const
  return { news, outcome: { result, resultsDir: news?.opened?.resultsDir ?? null } }
}
