import type { JobStatus, Progress } from '@prompt-papermill/core'

import type { AttemptRow, JobRow, RunRow } from '../../ledger/rows.js'
import { jobRow } from '../../ledger/rows.js'
import type { AttemptSummary, Evidence, JobSummary, ProgressView, RunSummary } from '../schemas.js'
import { clip, clipped } from './brief.js'

/**
 * A job as the API shows it.
 *
 * @param live - where it stands by the queue, which is ahead of the ledger; undefined: the queue does not know.
 */
export function jobSummary(row: JobRow, live?: JobStatus): JobSummary {
  const now = live ? jobRow(live) : row
  return {
    id: now.id,
    uid: clip(now.uid, 300),
    plan_name: clipped(now.plan_name),
    scan_id: shortScanId(now.scan_id),
    sample: clipped(now.sample),
    rule: now.rule,
    entry: now.entry,
    action: now.action,
    template: now.template,
    state: now.state,
    reason: now.reason,
    message: clipped(now.message, 2000),
    attempt: now.attempt,
    results_dir: now.results_dir,
    queued_at: now.queued_at,
    started_at: now.started_at,
    finished_at: now.finished_at,
    progress: live?.state.state === 'running' ? progressView(live.state.progress) : null,
  }
}

/** What a run's summary is made of. */
export type SummarizedRun = Pick<RunRow, Exclude<keyof RunSummary, 'jobs'>>

/** A run as the API shows it in lists. */
export function runSummary(row: SummarizedRun, jobs: readonly JobSummary[]): RunSummary {
  return {
    uid: row.uid,
    plan_name: clipped(row.plan_name),
    scan_id: shortScanId(row.scan_id),
    sample: clipped(row.sample),
    exit_status: row.exit_status,
    complete: row.complete,
    documents: row.documents,
    started_at: row.started_at,
    stopped_at: row.stopped_at,
    jobs: [...jobs],
  }
}

/** An attempt as the API shows it. */
export function attemptSummary(row: AttemptRow): AttemptSummary {
  return {
    job: row.job,
    attempt: row.attempt,
    state: row.state,
    reason: row.reason,
    message: clipped(row.message, 5000),
    evidence: row.evidence === null ? null : evidenceView(row.evidence),
    results_dir: row.results_dir,
    started_at: row.started_at,
    finished_at: row.finished_at,
  }
}

function evidenceView(evidence: NonNullable<AttemptRow['evidence']>): Evidence {
  const entries = Object.entries<unknown>({ ...evidence })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, typeof value === 'string' ? clip(value, 50_000) : value])
  return Object.fromEntries(entries) as Evidence
}

function progressView(progress: Progress | null): ProgressView | null {
  if (!progress) return null
  const { step, of, event, message, seconds, usualSeconds, remainingSeconds } = progress
  return {
    step,
    of,
    event,
    ...(message === undefined ? {} : { message: clip(message, 500) }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(usualSeconds === undefined ? {} : { usualSeconds }),
    ...(remainingSeconds === undefined ? {} : { remainingSeconds }),
  }
}

function shortScanId(scanId: JobRow['scan_id']): JobRow['scan_id'] {
  return typeof scanId === 'string' ? clip(scanId, 100) : scanId
}
