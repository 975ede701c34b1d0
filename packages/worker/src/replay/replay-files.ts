import {
  type ActionRunner,
  documentsSpool,
  isEndState,
  type JobQueue,
  type JobStatus,
  type Rule,
  RunRouter,
} from '@prompt-papermill/core'

import type { Ledger } from '../ledger/ledger.js'
import type { TiledConfig } from '../config/compile-tiled.js'
import { type JobRow, jobRow } from '../ledger/rows.js'
import { noteRuns, receiveBy } from '../ledger/note-runs.js'
import { OperationError } from '../operation-error.js'
import { type Feed, fileFeed } from './feeds.js'
import type { ReplayEvent, ReplayRequest } from './replay-event.js'
import { tiledFeed } from './tiled-feed.js'

export type { ReplayEvent, ReplayRequest } from './replay-event.js'

/** What a replay needs of the worker. */
export interface ReplayPlace {
  readonly queue: JobQueue
  readonly ledger: Ledger
  /** The rules, as they are when the replay begins. */
  readonly rules: { readonly list: readonly Rule[] }
  readonly runAction: ActionRunner
  /** The folder of spooled documents. */
  readonly documents: string
  /** The data server; null without. */
  readonly tiled: TiledConfig | null
}

/**
 * The runs that are meant: of recordings, and of the data server.
 *
 * @throws OperationError `bad-request` if there is no data server to ask.
 */
export function feedsOf(
  files: readonly string[],
  { since, until }: Pick<ReplayRequest, 'since' | 'until'>,
  tiled: TiledConfig | null,
): readonly Feed[] {
  const recordings = files.map(fileFeed)
  if (since === undefined) return recordings
  if (!tiled) {
    const message =
      '`since` asks a data server, and there is none in the config; give tiled: { url: … }'
    throw new OperationError('bad-request', message)
  }
  const seconds = (time: string): number => Date.parse(time) / 1000
  const period = { since: seconds(since), until: until === undefined ? null : seconds(until) }
  return [...recordings, tiledFeed(tiled, period)]
}

/**
 * Puts recorded runs through the rules and waits for their jobs.
 *
 * Jobs that the ledger has are left as they are, unless `rerun` asks for another attempt.
 *
 * @throws BlueskyError `bad-file` for a recording that can't be read to its end; what came before counts.
 */
export async function replayFiles(
  files: readonly string[],
  place: ReplayPlace,
  { rerun, ...period }: ReplayRequest,
  tell: (event: ReplayEvent) => void,
): Promise<void> {
  const { queue, ledger, rules, runAction, documents, tiled } = place
  const feeds = feedsOf(files, period, tiled)
  const router = new RunRouter([], {
    queue,
    runAction,
    spool: documentsSpool(documents),
    received: receiveBy(ledger),
  })
  router.setRules(rules.list)
  const failures: unknown[] = []
  noteRuns(router, ledger, (error) => failures.push(error))
  const waiting = finishJobs(router, rerun, tell)
  router.events.on('decision-error', (error) => failures.push(error))
  for (const feed of feeds) {
    // what is whole of a broken file counts all the same
    await feed.into(router, tell).catch((error: unknown) => failures.push(error))
  }
  await router.decided()
  await Promise.all(waiting)
  for (const run of router.openRuns) {
    tell({
      event: 'open',
      uid: run.uid,
      plan_name: run.started ? (run.start.plan_name ?? null) : null,
    })
  }
  if (failures.length > 0) {
    const messages = failures.map((error) =>
      error instanceof Error ? error.message : String(error),
    )
    throw new AggregateError(failures, messages.join('; '))
  }
}

/** Tells of each run that is decided, and begins what is to be done for it; the list grows with every job. */
function finishJobs(
  router: RunRouter,
  rerun: boolean,
  tell: (event: ReplayEvent) => void,
): readonly Promise<void>[] {
  const waiting: Promise<void>[] = []
  router.events.on('queued', ({ run, jobs }, added) => {
    const fresh = new Set(added.map(({ id }) => id))
    const ids = jobs.map(({ id }) => id)
    const started = rerun ? ids : ids.filter((id) => fresh.has(id))
    tell({
      event: 'decided',
      uid: run.uid,
      plan_name: run.start.plan_name ?? null,
      jobs: started,
      known: ids.filter((id) => !started.includes(id)),
    })
    for (const id of started) {
      waiting.push(
        finishJob(router.queue, id, !fresh.has(id)).then((job) => tell({ event: 'job', job })),
      )
    }
  })
  return waiting
}

/** Waits until a job has ended; attempts it once more before, where that is asked for. */
async function finishJob(queue: JobQueue, id: string, again: boolean): Promise<JobRow> {
  if (again) {
    const status = await queue.get(id)
    if (status) await queue.rerun(status)
  }
  return new Promise((resolve, reject) => {
    const look = (status: JobStatus | undefined): void => {
      if (status?.job.id !== id || !isEndState(status.state)) return
      queue.events.off('status', look)
      resolve(jobRow(status))
    }
    queue.events.on('status', look)
    queue.get(id).then(look, reject)
  })
}
