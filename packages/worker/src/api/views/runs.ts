import { explain, Run } from '@prompt-papermill/core'

import type { RunEntry } from '../../ledger/ledger.js'
import type { JobQuery, RunQuery } from '../../ledger/queries.js'
import { jobRow, sampleOf } from '../../ledger/rows.js'
import { OperationError } from '../../operation-error.js'
import type { ApiPlace } from '../place.js'
import type { Explanation, JobDetail, RunDetail, RunPage, RunSummary } from '../schemas.js'
import { brief, briefObject, clip } from './brief.js'
import { attemptSummary, jobSummary, runSummary, type SummarizedRun } from './summaries.js'

/** Jobs that are shown of one run at most. */
const mostJobs = 200

/** Runs that a page of the API has, unless it is asked otherwise. */
const pageSize = 50

/** A page of runs with their jobs. */
export async function runPageOf(place: ApiPlace, query: RunQuery): Promise<RunPage> {
  const { rows, next } = await place.ledger.runs({ limit: pageSize, ...query })
  const runs = await Promise.all(
    rows.map(async (row) =>
      runSummary(row, row.jobs.length > 0 ? await jobsOf(place, row.uid) : []),
    ),
  )
  return { runs, next }
}

/** One run as lists show it; null if the ledger does not have it. */
export async function oneRunSummary(
  place: Pick<ApiPlace, 'ledger' | 'feed'>,
  uid: string,
): Promise<RunSummary | null> {
  const entry = await place.ledger.run(uid)
  return entry ? runSummary(rowOf(entry), await jobsOf(place, uid)) : null
}

/** All that is shown of one run. */
export async function runDetail(place: ApiPlace, uid: string): Promise<RunDetail> {
  const entry = await place.ledger.run(uid)
  if (!entry) throw new OperationError('not-found', `the ledger has no run ${clip(uid, 100)}`)
  const { run } = entry
  const [decision, jobs] = await Promise.all([
    place.ledger.decision(uid),
    jobsOf(place, uid).then((rows) => Promise.all(rows.map(({ id }) => jobDetail(place, id)))),
  ])
  const { jobs: _, ...summary } = runSummary(rowOf(entry), [])
  return {
    ...summary,
    start: run.start && briefObject(run.start),
    stop: run.stop && briefObject(run.stop),
    streams: streamsOf(entry),
    gaps: brief(run.gaps) as unknown[],
    rules: (decision ?? explainedNow(place, entry)).map(
      (rule) => briefObject(rule) as unknown as Explanation,
    ),
    decided: decision !== null,
    jobs,
  }
}

/** All that is shown of one job. */
export async function jobDetail(place: ApiPlace, id: string): Promise<JobDetail> {
  const [stored, attempts] = await Promise.all([place.ledger.job(id), place.ledger.attempts(id)])
  const status = place.feed.statusOf(id) ?? stored
  if (!status) throw new OperationError('not-found', `the ledger has no job ${clip(id, 100)}`)
  return {
    ...jobSummary(jobRow(status), status),
    parameters: briefObject(status.job.parameters),
    attempts: attempts.map(attemptSummary),
  }
}

/** A page of jobs. */
export async function jobPageOf(place: ApiPlace, query: JobQuery) {
  const { rows, next } = await place.ledger.jobs({ limit: pageSize, ...query })
  return { jobs: rows.map((row) => jobSummary(row, place.feed.statusOf(row.id))), next }
}

async function jobsOf({ ledger, feed }: Pick<ApiPlace, 'ledger' | 'feed'>, uid: string) {
  const { rows } = await ledger.jobs({ uid, limit: mostJobs, order: 'oldest' })
  // the ledger takes it for the beginning of a uid
  return rows.filter((row) => row.uid === uid).map((row) => jobSummary(row, feed.statusOf(row.id)))
}

function rowOf({ run, startedAt, stoppedAt }: RunEntry): SummarizedRun {
  return {
    uid: run.uid,
    plan_name: run.start?.plan_name ?? null,
    scan_id: run.start?.scan_id ?? null,
    sample: sampleOf(run.start),
    exit_status: run.stop?.exit_status ?? null,
    complete: run.complete,
    documents: run.documents,
    started_at: startedAt,
    stopped_at: stoppedAt,
  }
}

function streamsOf({ run }: RunEntry): RunDetail['streams'] {
  const keys = new Map<string, string[]>()
  for (const { name = 'primary', data_keys: dataKeys } of run.descriptors) {
    keys.set(
      clip(name, 200),
      Object.keys(dataKeys)
        .slice(0, 200)
        .map((key) => clip(key, 200)),
    )
  }
  for (const name of Object.keys(run.events)) if (!keys.has(name)) keys.set(name, [])
  return [...keys]
    .slice(0, 50)
    .map(([name, names]) => ({ name, keys: names, events: run.events[name] ?? 0 }))
}

/** How the rules look at a run that is not decided yet. */
function explainedNow({ worker }: ApiPlace, { run: record }: RunEntry) {
  if (!worker || !record.start) return []
  const run = Run.fromRecord(record)
  return worker.router.rules.map((rule) => explain(rule, run))
}
