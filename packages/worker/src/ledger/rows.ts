import type { JobStatus } from '@prompt-papermill/core'

import type { LedgerContents, RunEntry } from './ledger.js'

/** A line of `jobs --json`. */
export interface JobRow {
  readonly id: string
  readonly uid: string
  readonly plan_name: string | null
  readonly scan_id: number | string | null
  readonly rule: string
  readonly entry: string
  readonly action: string
  readonly template: string | null
  readonly state: string
  readonly reason: string | null
  readonly message: string | null
  readonly attempt: number
  readonly results_dir: string | null
  readonly queued_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
}

/** A line of `runs --json`. */
export interface RunRow {
  readonly uid: string
  readonly plan_name: string | null
  readonly scan_id: number | string | null
  readonly exit_status: string | null
  readonly complete: boolean
  readonly gaps: RunEntry['run']['gaps']
  readonly documents: number
  readonly started_at: string | null
  readonly stopped_at: string | null
  readonly jobs: readonly string[]
}

/** A job as `jobs` shows it. */
export function jobRow({ job, state, ...status }: JobStatus): JobRow {
  return {
    id: job.id,
    uid: job.run.uid,
    plan_name: job.run.start?.plan_name ?? null,
    scan_id: job.run.start?.scan_id ?? null,
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

/** The runs as `runs` shows them, oldest first. */
export function runRows({ runs, jobs }: LedgerContents): RunRow[] {
  const jobsOf = new Map<string, string[]>()
  for (const { job } of jobs.values()) {
    const ids = jobsOf.get(job.run.uid)
    if (ids) ids.push(job.id)
    else jobsOf.set(job.run.uid, [job.id])
  }
  return [...runs.values()].map(({ run, startedAt, stoppedAt }) => ({
    uid: run.uid,
    plan_name: run.start?.plan_name ?? null,
    scan_id: run.start?.scan_id ?? null,
    exit_status: run.stop?.exit_status ?? null,
    complete: run.complete,
    gaps: run.gaps,
    documents: run.documents,
    started_at: startedAt,
    stopped_at: stoppedAt,
    jobs: jobsOf.get(run.uid) ?? [],
  }))
}
