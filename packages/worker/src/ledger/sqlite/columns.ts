/** A run as the database holds it; texts marked JSON are core's lossless JSON. */
export interface RunColumns {
  readonly uid: string
  readonly rank: number
  readonly plan_name: string | null
  /** JSON. */
  readonly scan_id: string | null
  readonly sample: string | null
  readonly exit_status: string | null
  readonly complete: 0 | 1
  readonly documents: number
  /** JSON. */
  readonly gaps: string
  readonly started_at: string | null
  readonly stopped_at: string | null
  /** JSON: the whole record. */
  readonly record: string
  /** What is searched, in lower case. */
  readonly search: string
}

/** A job's part that stays as it is. */
export interface JobColumns {
  readonly id: string
  readonly uid: string
  readonly rule: string
  readonly entry: string
  readonly action: string
  readonly template: string | null
  readonly queued_at: string
}

/** A job's part that changes. */
export interface StatusColumns {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly message: string | null
  readonly attempt: number
  readonly results_dir: string | null
  readonly started_at: string | null
  readonly finished_at: string | null
  /** JSON: the status without its job. */
  readonly status: string
  /** JSON: the job without its run; a rerun that is decided anew changes it. */
  readonly job: string
}

/** An attempt as the database holds it. */
export interface AttemptColumns {
  readonly job: string
  readonly attempt: number
  readonly state: string
  readonly reason: string | null
  readonly message: string | null
  /** JSON. */
  readonly evidence: string | null
  readonly results_dir: string | null
  readonly started_at: string
  readonly finished_at: string | null
}

/** An act as the database holds it. */
export interface ActColumns {
  readonly at: string
  readonly who: string
  readonly what: string
  readonly job: string | null
  readonly uid: string | null
  /** JSON. */
  readonly details: string | null
}

/** How far the catching up with a server has come; stop times in seconds since the epoch. */
export interface CatchUpColumns {
  readonly server: string
  readonly from_time: number
  readonly up_to: number
}

/** What a page of jobs has of each. */
export type ListedJob = JobColumns &
  Omit<StatusColumns, 'status' | 'job'> &
  Pick<RunColumns, 'plan_name' | 'scan_id' | 'sample'>

/** What a page of runs has of each. */
export type ListedRun = Omit<RunColumns, 'rank' | 'record' | 'search'> & {
  /** JSON: the ids of its jobs. */
  readonly jobs: string
  /** Taken from its record. */
  readonly origin: string
}

/** What makes a job whole again: three JSON texts. */
export interface StoredJob {
  readonly job: string
  readonly status: string
  readonly record: string
}

/** Rows with where the next page begins. */
export interface Listed<Row> {
  readonly rows: readonly Row[]
  readonly next: string | null
}
