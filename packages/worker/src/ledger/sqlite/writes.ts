import type { Database, Statement } from 'better-sqlite3'

import type {
  ActColumns,
  AttemptColumns,
  CatchUpColumns,
  JobColumns,
  RunColumns,
  StatusColumns,
} from './columns.js'

/** A run that has stopped, with what follows from it. */
export interface ReceivedColumns {
  readonly run: RunColumns
  /** JSON: why each rule did or did not match. */
  readonly decision: string
  readonly jobs: readonly (JobColumns & StatusColumns)[]
}

/** What is written to a ledger's database. Each method is to be called within a transaction. */
export class Writes {
  readonly #db: Database
  readonly #statements = new Map<string, Statement>()

  constructor(db: Database) {
    this.#db = db
  }

  /** Returns the ids of the jobs that are new. */
  received({ run, decision, jobs }: ReceivedColumns): readonly string[] {
    this.opened(run)
    this.#run('UPDATE runs SET decision = @decision WHERE uid = @uid', { decision, uid: run.uid })
    return jobs.filter((job) => this.#run(insertJob, job) > 0).map(({ id }) => id)
  }

  /** Keeps the record that knows no less; when it began and stopped stays as it was first noted. */
  opened(run: RunColumns): void {
    const known = this.#statement('SELECT rank, documents FROM runs WHERE uid = ?').get(run.uid) as
      Pick<RunColumns, 'rank' | 'documents'> | undefined
    if (!known) this.#run(insertRun, run)
    else if (run.rank > known.rank || (run.rank === known.rank && run.documents >= known.documents))
      this.#run(updateRun, run)
  }

  /** An attempt that is not said to run any more, and whose end was not noted, was broken off. */
  status(status: StatusColumns): void {
    this.#run(updateStatus, status)
    if (status.state === 'running') return
    this.#run(
      `UPDATE attempts SET state = 'interrupted', finished_at = coalesce(@finished_at, @now)
       WHERE job = @id AND state = 'running'`,
      { id: status.id, finished_at: status.finished_at, now: new Date().toISOString() },
    )
  }

  attempt(attempt: AttemptColumns): void {
    this.#run(upsertAttempt, attempt)
    if (attempt.results_dir === null) return
    // so that one can look into the folder while the attempt runs
    this.#run(
      `UPDATE jobs SET results_dir = @results_dir WHERE id = @job AND attempt <= @attempt`,
      { job: attempt.job, attempt: attempt.attempt, results_dir: attempt.results_dir },
    )
  }

  act(act: ActColumns): void {
    this.#run(
      `INSERT INTO acts (at, who, what, job, uid, details)
       VALUES (@at, @who, @what, @job, @uid, @details)`,
      act,
    )
  }

  probe(): void {
    this.#run(
      `INSERT INTO probe (one, at) VALUES (1, @at) ON CONFLICT (one) DO UPDATE SET at = @at`,
      { at: new Date().toISOString() },
    )
  }

  /** The folder is gone, the attempt is remembered. */
  forgetFolder({ job, attempt }: { readonly job: string; readonly attempt: number }): void {
    const at = { job, attempt }
    this.#run(
      `UPDATE jobs SET results_dir = NULL WHERE id = @job AND results_dir =
         (SELECT results_dir FROM attempts WHERE job = @job AND attempt = @attempt)`,
      at,
    )
    this.#run('UPDATE attempts SET results_dir = NULL WHERE job = @job AND attempt = @attempt', at)
  }

  /** Looks again whether the run is old: a job of it may have been run again since it was listed. */
  forgetRun(uid: string, before: string): boolean {
    return this.#run(`DELETE FROM runs WHERE uid = @uid AND ${isOldRun}`, { uid, before }) > 0
  }

  setCatchUpMark(mark: CatchUpColumns): void {
    this.#run(
      `INSERT INTO catch_up (server, from_time, up_to) VALUES (@server, @from_time, @up_to)
       ON CONFLICT (server) DO UPDATE SET from_time = @from_time, up_to = @up_to`,
      mark,
    )
  }

  #run(sql: string, parameters: object): number {
    return this.#statement(sql).run(parameters).changes
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)))
    return statement
  }
}

/** A run that has stopped, or began and never did, before a time, and has no job that ended later. */
export const isOldRun = `
  coalesce(stopped_at, started_at) < @before AND NOT EXISTS (
    SELECT 1 FROM jobs WHERE jobs.uid = runs.uid AND (
      state IN ('queued', 'waiting', 'running') OR coalesce(finished_at, queued_at) >= @before
    )
  )`

const insertRun = `
  INSERT INTO runs (uid, rank, plan_name, scan_id, sample, exit_status, complete, documents, gaps,
    started_at, stopped_at, record, search)
  VALUES (@uid, @rank, @plan_name, @scan_id, @sample, @exit_status, @complete, @documents, @gaps,
    @started_at, @stopped_at, @record, @search)`

const updateRun = `
  UPDATE runs SET rank = @rank, plan_name = @plan_name, scan_id = @scan_id, sample = @sample,
    exit_status = @exit_status, complete = @complete, documents = @documents, gaps = @gaps,
    started_at = coalesce(started_at, @started_at), stopped_at = coalesce(stopped_at, @stopped_at),
    record = @record, search = @search
  WHERE uid = @uid`

const insertJob = `
  INSERT INTO jobs (id, uid, rule, entry, action, template, job, queued_at, state, reason, message,
    attempt, results_dir, started_at, finished_at, status)
  VALUES (@id, @uid, @rule, @entry, @action, @template, @job, @queued_at, @state, @reason, @message,
    @attempt, @results_dir, @started_at, @finished_at, @status)
  ON CONFLICT (id) DO NOTHING`

const updateStatus = `
  UPDATE jobs SET state = @state, reason = @reason, message = @message, attempt = @attempt,
    results_dir = @results_dir, started_at = @started_at, finished_at = @finished_at,
    status = @status, job = @job, action = @job ->> '$.action', template = @job ->> '$.template'
  WHERE id = @id`

const upsertAttempt = `
  INSERT INTO attempts (job, attempt, state, reason, message, evidence, results_dir, started_at,
    finished_at)
  VALUES (@job, @attempt, @state, @reason, @message, @evidence, @results_dir, @started_at,
    @finished_at)
  ON CONFLICT (job, attempt) DO UPDATE SET state = @state, reason = @reason, message = @message,
    evidence = @evidence, results_dir = coalesce(@results_dir, results_dir),
    finished_at = @finished_at`
