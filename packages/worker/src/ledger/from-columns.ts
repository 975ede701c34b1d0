import {
  type FailureEvidence,
  fromLosslessJson,
  type Job,
  type JobStatus,
  type RunRecord,
} from '@prompt-papermill/core'

import type { RunEntry } from './ledger.js'
import type { ActRow, AttemptRow, JobRow, RunRow } from './rows.js'
import type {
  ActColumns,
  AttemptColumns,
  ListedJob,
  ListedRun,
  RunColumns,
  StoredJob,
} from './sqlite/columns.js'

/** A job, whole again. */
export function jobStatus({ job, status, record }: StoredJob): JobStatus {
  const run = runRecord(record)
  const rest = fromLosslessJson(status) as Omit<JobStatus, 'job'>
  return { job: { ...(fromLosslessJson(job) as Omit<Job, 'run'>), run }, ...rest }
}

/** A run's record, from its JSON. */
export function runRecord(record: string): RunRecord {
  return fromLosslessJson(record) as RunRecord
}

/** A run, whole again. */
export function runEntry(
  columns: Pick<RunColumns, 'record' | 'started_at' | 'stopped_at'>,
): RunEntry {
  return {
    run: runRecord(columns.record),
    startedAt: columns.started_at,
    stoppedAt: columns.stopped_at,
  }
}

/** A line of `jobs --json`, in the order of its fields. */
export function jobRowOf(columns: ListedJob): JobRow {
  return {
    id: columns.id,
    uid: columns.uid,
    plan_name: columns.plan_name,
    scan_id: scanId(columns),
    sample: columns.sample,
    rule: columns.rule,
    entry: columns.entry,
    action: columns.action,
    template: columns.template,
    state: columns.state,
    reason: columns.reason,
    message: columns.message,
    attempt: columns.attempt,
    results_dir: columns.results_dir,
    queued_at: columns.queued_at,
    started_at: columns.started_at,
    finished_at: columns.finished_at,
  }
}

/** A line of `runs --json`, in the order of its fields. */
export function runRowOf(columns: ListedRun): RunRow {
  return {
    uid: columns.uid,
    plan_name: columns.plan_name,
    scan_id: scanId(columns),
    sample: columns.sample,
    exit_status: columns.exit_status,
    complete: columns.complete === 1,
    gaps: fromLosslessJson(columns.gaps) as RunRow['gaps'],
    documents: columns.documents,
    started_at: columns.started_at,
    stopped_at: columns.stopped_at,
    jobs: JSON.parse(columns.jobs) as string[],
    origin: columns.origin as RunRow['origin'],
  }
}

/** An attempt as the ledger shows it. */
export function attemptRow({ evidence, ...columns }: AttemptColumns): AttemptRow {
  return {
    ...columns,
    evidence: evidence === null ? null : (fromLosslessJson(evidence) as FailureEvidence),
  }
}

/** An act as the ledger shows it. */
export function actRow({ details, ...columns }: ActColumns): ActRow {
  return {
    ...columns,
    details: details === null ? null : (fromLosslessJson(details) as Record<string, unknown>),
  }
}

function scanId({ scan_id: json }: Pick<RunColumns, 'scan_id'>): JobRow['scan_id'] {
  return json === null ? null : (fromLosslessJson(json) as JobRow['scan_id'])
}
