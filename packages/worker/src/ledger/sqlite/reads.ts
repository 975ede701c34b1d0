import type { Database } from 'better-sqlite3'

import type { ActQuery, JobQuery, RunQuery } from '../queries.js'
import type { OldAttempt } from '../ledger.js'
import type {
  ActColumns,
  AttemptColumns,
  CatchUpColumns,
  Listed,
  ListedJob,
  ListedRun,
  RunColumns,
  StoredJob,
} from './columns.js'
import { type Conditions, jobConditions, paging, past, runConditions, seqOf } from './conditions.js'
import { isOldRun } from './writes.js'

/** What is asked of a ledger's database. */
export class Reads {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  job(id: string): StoredJob | undefined {
    return this.#db.prepare<[string], StoredJob>(`SELECT ${storedJob} WHERE j.id = ?`).get(id)
  }

  run(uid: string): Pick<RunColumns, 'record' | 'started_at' | 'stopped_at'> | undefined {
    return this.#db
      .prepare<[string], RunColumns>(
        'SELECT record, started_at, stopped_at FROM runs WHERE uid = ?',
      )
      .get(uid)
  }

  jobs(query: JobQuery): Listed<ListedJob> {
    return this.#page<ListedJob>(listedJob, 'j.seq', jobConditions(query), query)
  }

  runs(query: RunQuery): Listed<ListedRun> {
    return this.#page<ListedRun>(listedRun, 'r.seq', runConditions(query), query)
  }

  attempts(job: string): readonly AttemptColumns[] {
    return this.#db
      .prepare<[string], AttemptColumns>(
        `SELECT job, attempt, state, reason, message, evidence, results_dir, started_at, finished_at
         FROM attempts WHERE job = ? ORDER BY attempt`,
      )
      .all(job)
  }

  decision(uid: string): string | null {
    const row = this.#db
      .prepare<[string], { decision: string | null }>('SELECT decision FROM runs WHERE uid = ?')
      .get(uid)
    return row?.decision ?? null
  }

  acts(query: ActQuery): Listed<ActColumns> {
    const seq = seqOf(query)
    const { job, uid } = query
    const clauses = [
      ...(job === undefined ? [] : ['job = @job']),
      ...(uid === undefined ? [] : ['uid = @uid']),
      ...(seq === undefined ? [] : [`seq ${past(query)} @seq`]),
    ]
    const where = clauses.length === 0 ? '1' : clauses.join(' AND ')
    const values = Object.fromEntries(
      Object.entries({ job, uid, seq }).filter(([, value]) => value !== undefined),
    ) as Conditions['values']
    return this.#page<ActColumns>(
      'at, who, what, job, uid, details FROM acts',
      'seq',
      { where, values },
      query,
    )
  }

  known(ids: readonly string[]): readonly string[] {
    return this.#db
      .prepare<[string], string>('SELECT id FROM jobs WHERE id IN (SELECT value FROM json_each(?))')
      .pluck()
      .all(JSON.stringify(ids))
  }

  unfinishedJobs(): readonly StoredJob[] {
    return this.#db
      .prepare<[], StoredJob>(
        `SELECT ${storedJob} WHERE j.state IN ('queued', 'waiting', 'running') ORDER BY j.seq`,
      )
      .all()
  }

  /** The JSON of their records. */
  openRuns(limit: number): readonly string[] {
    return this.#db
      .prepare<[number], string>(
        `SELECT record FROM (SELECT seq, record FROM runs
           WHERE stopped_at IS NULL AND record ->> '$.abandoned' IS NULL
           ORDER BY seq DESC LIMIT ?) ORDER BY seq`,
      )
      .pluck()
      .all(limit)
  }

  oldAttempts(given: {
    readonly before: string
    readonly limit: number
    readonly after: string | null
    readonly newestToo: boolean
  }): { readonly attempts: readonly OldAttempt[]; readonly next: string | null } {
    const { before, limit } = given
    const [job = '', attempt = 0] = given.after === null ? [] : (JSON.parse(given.after) as [])
    const attempts = this.#db
      .prepare<[object], OldAttempt>(oldAttempts)
      .all({ before, limit, job, attempt, newestToo: given.newestToo ? 1 : 0 })
    const last = attempts.length === limit ? attempts.at(-1) : undefined
    return { attempts, next: last ? JSON.stringify([last.job, last.attempt]) : null }
  }

  oldRuns(given: {
    readonly before: string
    readonly limit: number
    readonly after: string | null
  }): { readonly uids: readonly string[]; readonly next: string | null } {
    const uids = this.#db
      .prepare<[object], string>(
        `SELECT uid FROM runs WHERE uid > @after AND ${isOldRun} ORDER BY uid LIMIT @limit`,
      )
      .pluck()
      .all({ before: given.before, limit: given.limit, after: given.after ?? '' })
    return { uids, next: uids.length === given.limit ? (uids.at(-1) ?? null) : null }
  }

  isBusy(uid: string): boolean {
    return (
      this.#db
        .prepare<[string]>(
          `SELECT 1 FROM jobs WHERE uid = ? AND state IN ('queued', 'waiting', 'running') LIMIT 1`,
        )
        .get(uid) !== undefined
    )
  }

  /** Which of these runs were received whole, from Run Start to Run Stop, and so decided. */
  decidedRuns(uids: readonly string[]): readonly string[] {
    return this.#db
      .prepare<[string], string>(
        `SELECT uid FROM runs WHERE uid IN (SELECT value FROM json_each(?))
           AND started_at IS NOT NULL AND stopped_at IS NOT NULL`,
      )
      .pluck()
      .all(JSON.stringify(uids))
  }

  catchUpMark(server: string): CatchUpColumns | undefined {
    return this.#db
      .prepare<[string], CatchUpColumns>(
        'SELECT server, from_time, up_to FROM catch_up WHERE server = ?',
      )
      .get(server)
  }

  /** One page by its key, so that the next does not count through those before. */
  #page<Row>(
    columns: string,
    key: string,
    { where, values }: Conditions,
    query: Parameters<typeof paging>[0],
  ): Listed<Row> {
    const { order, limit } = paging(query)
    const found = this.#db
      .prepare<[object], Row & { readonly seq: number }>(
        `SELECT ${key} AS seq, ${columns} WHERE ${where} ORDER BY ${key} ${order} LIMIT ${limit + 1}`,
      )
      .all(values)
    const page = found.slice(0, limit)
    return {
      rows: page.map(({ seq: _, ...row }) => row as Row),
      next: found.length > limit ? String(page.at(-1)?.seq) : null,
    }
  }
}

const storedJob = `j.job, j.status, r.record FROM jobs j JOIN runs r ON r.uid = j.uid`

const listedJob = `j.id, j.uid, j.rule, j.entry, j.action, j.template, j.state, j.reason, j.message,
  j.attempt, j.results_dir, j.queued_at, j.started_at, j.finished_at, r.plan_name, r.scan_id, r.sample
  FROM jobs j JOIN runs r ON r.uid = j.uid`

const listedRun = `r.uid, r.plan_name, r.scan_id, r.sample, r.exit_status, r.complete, r.documents,
  r.gaps, r.started_at, r.stopped_at, coalesce(r.record ->> '$.origin', 'live') AS origin,
  (SELECT json_group_array(id) FROM (SELECT id FROM jobs j WHERE j.uid = r.uid ORDER BY j.seq)) AS jobs
  FROM runs r`

const oldAttempts = `
  SELECT a.job, a.attempt, a.results_dir AS resultsDir
  FROM attempts a JOIN jobs j ON j.id = a.job
  WHERE a.results_dir IS NOT NULL AND a.finished_at < @before AND a.state <> 'running'
    AND j.state NOT IN ('queued', 'waiting', 'running')
    AND (@newestToo OR a.attempt < (SELECT max(attempt) FROM attempts n WHERE n.job = a.job))
    AND (a.job > @job OR (a.job = @job AND a.attempt > @attempt))
  ORDER BY a.job, a.attempt LIMIT @limit`
