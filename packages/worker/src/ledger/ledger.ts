import type {
  ActionResult,
  FailureEvidence,
  Job,
  JobStatus,
  RuleExplanation,
  RunRecord,
} from '@prompt-papermill/core'

import type { ActQuery, JobQuery, Page, RunQuery } from './queries.js'
import type { ActRow, AttemptRow, JobRow, RunRow } from './rows.js'

/** A run as the ledger knows it. */
export interface RunEntry {
  /** What was counted of it. */
  readonly run: RunRecord
  /** When its Run Start was received: ISO 8601, UTC; null if it was not. */
  readonly startedAt: string | null
  /** When its Run Stop was received; null while it is open. */
  readonly stoppedAt: string | null
}

/** A run that has stopped, with what follows from it. */
export interface Received {
  /** The run, with its Run Stop. */
  readonly run: RunRecord
  /** Why each rule did or did not match. */
  readonly rules: readonly RuleExplanation[]
  /** What follows: a job for each entry of each rule that matched. */
  readonly jobs: readonly Job[]
}

/** Where an attempt stands: its job's end states, and what has none. */
export type AttemptState = 'running' | ActionResult['state'] | 'interrupted'

/** What is noted of one attempt: when it begins, when its folder is there, and when it ends. */
export interface AttemptNote {
  /** The job's id. */
  readonly job: string
  /** From 1. */
  readonly attempt: number
  /** Where it stands. */
  readonly state: AttemptState
  /** Why it failed or was skipped, in one word; else null. */
  readonly reason: string | null
  /** The same for people; null if there is nothing to say. */
  readonly message: string | null
  /** What explains a failure; null if nothing is known. */
  readonly evidence: FailureEvidence | null
  /** Its folder; null before that is there. */
  readonly resultsDir: string | null
  /** When it began: ISO 8601, UTC. */
  readonly startedAt: string
  /** When it ended: ISO 8601, UTC; null while it runs. */
  readonly finishedAt: string | null
}

/** Something that a person did to a job, a run or the whole worker. */
export interface Act {
  /** Who did it: a user's name, as far as it is known. */
  readonly who: string
  /** What: `rerun`, `cancel`, `pause`, `resume`, `prune`. */
  readonly what: string
  /** To which job, by its id. */
  readonly job?: string | null
  /** To which run, by its uid. */
  readonly uid?: string | null
  /** What was asked besides, as plain data. */
  readonly details?: Readonly<Record<string, unknown>> | null
}

/**
 * What can be asked of a ledger. Answers are as of what was committed before the question; nothing is kept in
 * memory between two.
 *
 * Methods reject with a {@link LedgerError} that says what is wrong with the database.
 *
 * @example
 * ```ts
 * import { openLedgerReader } from '@prompt-papermill/worker'
 *
 * const ledger = await openLedgerReader('/tmp/state')
 * const { rows } = await ledger.jobs({ state: 'failed', limit: 10 })
 * for (const { id, reason, message } of rows) console.log(id, reason, message)
 * await ledger.close()
 * ```
 */
export interface LedgerReader {
  /** A job with where it stands; undefined if there is none of that id. */
  job(id: string): Promise<JobStatus | undefined>
  /** A run with all that is known of it; undefined if there is none of that uid. */
  run(uid: string): Promise<RunEntry | undefined>
  /** The jobs that are asked for, a page of them. */
  jobs(query?: JobQuery): Promise<Page<JobRow>>
  /** The runs that are asked for, a page of them. */
  runs(query?: RunQuery): Promise<Page<RunRow>>
  /** The attempts of a job, by number. */
  attempts(job: string): Promise<readonly AttemptRow[]>
  /** Why each rule did or did not match a run, when it was decided last; null: it was not. */
  decision(uid: string): Promise<readonly RuleExplanation[] | null>
  /** Who did what. */
  acts(query?: ActQuery): Promise<Page<ActRow>>
  /** Which of these ids are those of jobs that the ledger has. */
  known(ids: readonly string[]): Promise<ReadonlySet<string>>
  /** Frees what it holds; what was begun is finished before. */
  close(): Promise<void>
}

/**
 * Remembers runs and jobs beyond the worker's life: the contract of every ledger. What it has taken is on the
 * disk when its promise resolves; what rejects is not in it.
 */
export interface Ledger extends LedgerReader {
  /** Why nothing can be written now, as far as the last tries tell; null: it can. */
  readonly trouble: Error | null
  /**
   * Commits, at once, that a run has stopped, why each rule did or did not match, and the jobs that follow.
   *
   * @returns those of the jobs that it did not have: a run that is seen twice makes no second job.
   */
  received(received: Received): Promise<readonly Job[]>
  /** Commits that a run is open, as far as it is known now. */
  opened(run: RunRecord): Promise<void>
  /** Commits where a job stands. */
  status(status: JobStatus): Promise<void>
  /** Commits how far an attempt is. */
  attempt(note: AttemptNote): Promise<void>
  /** Commits what somebody did; the time is now. */
  act(act: Act): Promise<void>
  /** The jobs that have not ended, in the order in which they came. */
  unfinishedJobs(): Promise<readonly JobStatus[]>
  /** The runs whose Run Stop has not come, the latest `limit` of them, oldest first. */
  openRuns(limit: number): Promise<readonly RunRecord[]>
  /** Tries, by a small write, whether it can be written; resolves with why not, or null. */
  writable(): Promise<Error | null>
  /** What retention may take; see `prune`. */
  readonly pruning: LedgerPruning
  /** How far the catching up with a data server has come. */
  readonly catchingUp: LedgerCatchUp
}

/** How far the catching up with a data server has come; stop times in seconds since the epoch. */
export interface CatchUpProgress {
  /** Runs that stopped before it are none of its business. */
  readonly from: number
  /** Up to here all runs are known. */
  readonly upTo: number
}

/** What catching up with a data server asks of a ledger. */
export interface LedgerCatchUp {
  /** Which of these runs were received from Run Start to Run Stop, and so decided. */
  decided(uids: readonly string[]): Promise<ReadonlySet<string>>
  /** How far it has come with the server of that address; null before the first time. */
  mark(server: string): Promise<CatchUpProgress | null>
  /** Commits that. */
  setMark(server: string, mark: CatchUpProgress): Promise<void>
}

/** An attempt whose folder may go. */
export interface OldAttempt {
  /** The job's id. */
  readonly job: string
  /** The attempt's number, from 1. */
  readonly attempt: number
  /** Its folder. */
  readonly resultsDir: string
}

/** Where a list of what may go is continued. */
export interface OldPaging {
  /** What ended before: ISO 8601, UTC. */
  readonly before: string
  /** How many at most. */
  readonly limit: number
  /** Where the list before ended; null: from its beginning. */
  readonly after: string | null
}

/** What retention asks of a ledger. Nothing of a job or run that has not ended is ever old. */
export interface LedgerPruning {
  /** Attempts that have a folder; without `newestToo` not the newest of each job. */
  oldAttempts(
    paging: OldPaging & { readonly newestToo: boolean },
  ): Promise<{ readonly attempts: readonly OldAttempt[]; readonly next: string | null }>
  /** Commits that an attempt's folder is gone. */
  forgetFolder(attempt: OldAttempt): Promise<void>
  /** The uids of runs all of whose jobs ended before. Open runs count by when they began. */
  oldRuns(
    paging: OldPaging,
  ): Promise<{ readonly uids: readonly string[]; readonly next: string | null }>
  /** Takes a run out, with its jobs and attempts, if it is old still; says whether it was. */
  forgetRun(uid: string, before: string): Promise<boolean>
  /** Whether a run has a job that has not ended. */
  isBusy(uid: string): Promise<boolean>
}
