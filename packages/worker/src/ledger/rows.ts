import type { FailureEvidence, JobStatus, RunOrigin, RunRecord } from '@prompt-papermill/core'

/** A line of `jobs --json`. */
export interface JobRow {
  /** The job's id; see core's `jobId`. */
  readonly id: string
  /** The run's uid. */
  readonly uid: string
  /** Of the Run Start; null if it has none. */
  readonly plan_name: string | null
  /** Of the Run Start; null if it has none. */
  readonly scan_id: number | string | null
  /** The Run Start's `sample_name`, or `sample`, or `sample.name`, where that is a text. */
  readonly sample: string | null
  /** The rule that matched. */
  readonly rule: string
  /** The rule's entry. */
  readonly entry: string
  /** The entry's action. */
  readonly action: string
  /** The template's path; null for an action that runs no notebook. */
  readonly template: string | null
  /** Where it stands; see core's `JobState`. */
  readonly state: string
  /** Why it failed or was skipped, in one word; else null. */
  readonly reason: string | null
  /** The same for people; null if there is nothing to say. */
  readonly message: string | null
  /** The number of the latest attempt; 0 before the first. */
  readonly attempt: number
  /** The latest attempt's folder; null before that is there. */
  readonly results_dir: string | null
  /** When it was made: ISO 8601, UTC. */
  readonly queued_at: string
  /** When the latest attempt began: ISO 8601, UTC; null before the first. */
  readonly started_at: string | null
  /** When the latest attempt ended: ISO 8601, UTC; null while it has not. */
  readonly finished_at: string | null
}

/** A line of `runs --json`. */
export interface RunRow {
  /** The run's uid. */
  readonly uid: string
  /** Of the Run Start; null if it has none. */
  readonly plan_name: string | null
  /** Of the Run Start; null if it has none. */
  readonly scan_id: number | string | null
  /** As in {@link JobRow}. */
  readonly sample: string | null
  /** Of the Run Stop: `success`, `abort` or `fail`; null while the run is open. */
  readonly exit_status: string | null
  /** Whether all of it was received. */
  readonly complete: boolean
  /** Events that did not come. */
  readonly gaps: RunRecord['gaps']
  /** How many documents were received. */
  readonly documents: number
  /** When its Run Start was received: ISO 8601, UTC; null if it was not. */
  readonly started_at: string | null
  /** When its Run Stop was received: ISO 8601, UTC; null while it is open. */
  readonly stopped_at: string | null
  /** The ids of its jobs, in the order in which they came. */
  readonly jobs: readonly string[]
  /** Which way it came: `live`, `catch-up` from a data server, or `replay`. */
  readonly origin: RunOrigin
}

/** An attempt as the ledger shows it. */
export interface AttemptRow {
  /** The job's id. */
  readonly job: string
  /** Its number, from 1. */
  readonly attempt: number
  /** `running`, one of the job's end states, or `interrupted`. */
  readonly state: string
  /** Why it failed or was skipped, in one word; else null. */
  readonly reason: string | null
  /** The same for people; null if there is nothing to say. */
  readonly message: string | null
  /** What explains a failure; null if nothing is known. */
  readonly evidence: FailureEvidence | null
  /** Null before it is there, and once retention has taken it. */
  readonly results_dir: string | null
  /** When it began: ISO 8601, UTC. */
  readonly started_at: string
  /** When it ended: ISO 8601, UTC; null while it runs. */
  readonly finished_at: string | null
}

/** Who did what, and when. */
export interface ActRow {
  /** ISO 8601, UTC. */
  readonly at: string
  /** Who did it: a user's name, as far as it is known. */
  readonly who: string
  /** What: `rerun`, `cancel`, `pause`, `resume`, `prune`. */
  readonly what: string
  /** The job that it was done to; null: none. */
  readonly job: string | null
  /** The run that it was done to; null: none. */
  readonly uid: string | null
  /** What was asked besides. */
  readonly details: Readonly<Record<string, unknown>> | null
}

/**
 * A job as `jobs` shows it.
 *
 * @example
 * ```ts
 * import { newStatus } from '@prompt-papermill/core'
 * import { makeJob } from '@prompt-papermill/core/testing'
 * import { jobRow } from '@prompt-papermill/worker'
 *
 * const { rule, state, attempt } = jobRow(newStatus(makeJob({ rule: 'reflectivity' })))
 * console.log(rule, state, attempt) // reflectivity queued 0
 * ```
 */
export function jobRow({ job, state, ...status }: JobStatus): JobRow {
  return {
    id: job.id,
    uid: job.run.uid,
    plan_name: job.run.start?.plan_name ?? null,
    scan_id: job.run.start?.scan_id ?? null,
    sample: sampleOf(job.run.start),
    rule: job.rule,
    entry: job.entry,
    action: job.action,
    template: job.template,
    state: state.state,
    reason: 'reason' in state ? state.reason : null,
    message: 'message' in state ? (state.message ?? null) : null,
    attempt: status.attempt,
    results_dir: status.resultsDir,
    queued_at: job.queuedAt,
    started_at: status.startedAt,
    finished_at: status.finishedAt,
  }
}

/** What the sample is called, where the Run Start says so in one of the usual ways. */
export function sampleOf(start: RunRecord['start']): string | null {
  const { sample_name: name, sample } = (start ?? {}) as Record<string, unknown>
  const inner =
    typeof sample === 'object' && sample !== null ? (sample as { name?: unknown }).name : null
  return [name, sample, inner].find((value) => typeof value === 'string') ?? null
}
