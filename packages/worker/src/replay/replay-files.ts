import {
  type ActionRunner,
  documentsSpool,
  isEndState,
  type JobQueue,
  type JobStatus,
  replay,
  type Rule,
  RunRouter,
} from '@prompt-papermill/core'

import type { Ledger } from '../ledger/ledger.js'
import { type JobRow, jobRow } from '../ledger/rows.js'
import { noteRuns, receiveBy } from '../ledger/note-runs.js'

/** What a replay needs of the worker. */
export interface ReplayPlace {
  readonly queue: JobQueue
  readonly ledger: Ledger
  /** The rules, as they are when the replay begins. */
  readonly rules: { readonly list: readonly Rule[] }
  readonly runAction: ActionRunner
  /** The folder of spooled documents. */
  readonly documents: string
}

/** How recorded runs are put through the rules. */
export interface ReplayRequest {
  /** Whether jobs that the ledger has are attempted once more. */
  readonly rerun: boolean
}

/** What a replay says on its way; plain data, so that it can go over the control socket. */
export type ReplayEvent =
  | { readonly event: 'dropped'; readonly file: string; readonly message: string }
  | {
      readonly event: 'decided'
      readonly uid: string
      readonly plan_name: string | null
      /** The ids of the run's jobs that are new, rerun, and left as they are. */
      readonly jobs: readonly string[]
      readonly known: readonly string[]
    }
  | { readonly event: 'open'; readonly uid: string; readonly plan_name: string | null }
  | { readonly event: 'job'; readonly job: JobRow }
  | { readonly event: 'failed'; readonly message: string }

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
  { rerun }: ReplayRequest,
  tell: (event: ReplayEvent) => void,
): Promise<void> {
  const { queue, ledger, rules, runAction, documents } = place
  const router = new RunRouter([], {
    queue,
    runAction,
    spool: documentsSpool(documents),
    received: receiveBy(ledger),
  })
  router.setRules(rules.list)
  const failures: unknown[] = []
  noteRuns(router, ledger, (error) => failures.push(error))
  const waiting: Promise<void>[] = []
  router.events.on('decision-error', (error) => failures.push(error))
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
      waiting.push(finishJob(queue, id, !fresh.has(id)).then((job) => tell({ event: 'job', job })))
    }
  })
  for (const file of files) {
    // what is whole of a broken file counts all the same
    await feed(file, router, tell).catch((error: unknown) => failures.push(error))
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

async function feed(
  file: string,
  router: RunRouter,
  tell: (event: ReplayEvent) => void,
): Promise<void> {
  const source = replay(file)
  source.on('dropped', ({ reason, message }) => {
    tell({ event: 'dropped', file, message: `${reason}: ${message}` })
  })
  source.subscribe(router)
  await source.start()
  await source.finished()
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
