import {
  type Decision,
  type DocumentSpool,
  type Job,
  type Rule,
  RunRouter,
} from '@prompt-papermill/core'

import type { LedgerReader } from '../ledger/ledger.js'
import { DryQueue } from './dry-queue.js'
import type { Feed } from './feeds.js'
import type { ReplayEvent } from './replay-event.js'

/** Promises documents without keeping any. */
const drySpool: DocumentSpool = {
  open: () => ({
    write: () => undefined,
    finish: () => Promise.resolve('documents.jsonl'),
    discard: () => Promise.resolve(),
  }),
}

/**
 * Puts recorded runs through the rules without running anything.
 *
 * @param ledger - whose jobs are left out.
 * @param tell - told of each decision, and which of its jobs are new.
 * @param say - told what can't be used.
 * @throws BlueskyError `bad-file` for a recording that can't be read to its end.
 */
export async function dryRun(
  feeds: readonly Feed[],
  rules: readonly Rule[],
  ledger: Pick<LedgerReader, 'known'>,
  tell: (decision: Decision, fresh: readonly Job[]) => void,
  say: (event: ReplayEvent) => void,
): Promise<void> {
  const router = new RunRouter([], {
    queue: new DryQueue(),
    spool: drySpool,
    received: async ({ jobs }) => {
      const known = await ledger.known(jobs.map(({ id }) => id))
      return jobs.filter(({ id }) => !known.has(id))
    },
  })
  router.setRules(rules)
  router.events.on('queued', tell)
  const failures: unknown[] = []
  router.events.on('decision-error', (error) => failures.push(error))
  // what is whole of a broken file counts all the same
  for (const feed of feeds) {
    await feed.into(router, say).catch((error: unknown) => failures.push(error))
  }
  await router.decided()
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '))
}
