/** Where a page of rows begins and in which order they come. */
export interface Paging {
  /**
   * How many rows at most, from 1 to 1000.
   *
   * @defaultValue 100
   */
  readonly limit?: number | undefined
  /** Where the page before ended: its {@link Page.next}. */
  readonly after?: string | undefined
  /**
   * By when the ledger first had them, which no clock that is set can change.
   *
   * @defaultValue `'newest'`, which comes first
   */
  readonly order?: 'newest' | 'oldest' | undefined
}

/** What the runs that are asked for have in common. What is left out is not asked. */
export interface RunFilter {
  /** The beginning of the run's uid. */
  readonly uid?: string | undefined
  /** The plan, exactly. */
  readonly plan_name?: string | undefined
  /** As it is shown: `7` finds the number and the text. */
  readonly scan_id?: string | undefined
  /** The Run Start's `sample_name`, or `sample`, or `sample.name`. */
  readonly sample?: string | undefined
  /** Received at this time or later: ISO 8601. */
  readonly since?: string | undefined
  /** Received before this time: ISO 8601. */
  readonly until?: string | undefined
  /** Any part of what names the run or job: plan, sample, scan id, uid, rule, entry, message; case is ignored. */
  readonly text?: string | undefined
}

/** Which jobs are asked for. */
export interface JobQuery extends RunFilter, Paging {
  /** The beginning of the job's id. */
  readonly id?: string | undefined
  /** The state, or one of several. */
  readonly state?: string | readonly string[] | undefined
  /** Why it failed or was skipped. */
  readonly reason?: string | undefined
  /** The rule that made it. */
  readonly rule?: string | undefined
  /** The rule's entry. */
  readonly entry?: string | undefined
}

/** Which runs are asked for. */
export interface RunQuery extends RunFilter, Paging {
  /** How it ended: `success`, `abort` or `fail`. */
  readonly exit_status?: string | undefined
  /** Whether its Run Stop has not come. */
  readonly open?: boolean | undefined
  /** A state, or one of several, that one of its jobs is in. */
  readonly state?: string | readonly string[] | undefined
  /** A rule that made one of its jobs. */
  readonly rule?: string | undefined
}

/** Which acts are asked for. */
export interface ActQuery extends Paging {
  /** Done to this job. */
  readonly job?: string | undefined
  /** Done to this run, or to a job of it. */
  readonly uid?: string | undefined
}

/** Some of the rows that were asked for. */
export interface Page<Row> {
  /** In the order that was asked for. */
  readonly rows: readonly Row[]
  /** Where the next page begins, for {@link Paging.after}; null: there are no more. */
  readonly next: string | null
}
