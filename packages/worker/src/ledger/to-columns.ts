import {
  type FailureEvidence,
  isEndState,
  type Job,
  type JobState,
  type JobStatus,
  newStatus,
  type RunRecord,
  toLosslessJson,
} from '@prompt-papermill/core'

import { LedgerError } from './ledger-error.js'
import type { Act, AttemptNote, Received } from './ledger.js'
import { sampleOf } from './rows.js'
import type {
  ActColumns,
  AttemptColumns,
  JobColumns,
  RunColumns,
  StatusColumns,
} from './sqlite/columns.js'
import type { ReceivedColumns } from './sqlite/writes.js'

/** How much is known of a run, the more the higher: only that it is open or has stopped, then its start too. */
function rankOf({ start, stop, complete }: RunRecord): number {
  if (!start) return stop ? 1 : 0
  if (!stop) return 2
  return complete ? 4 : 3
}

/**
 * A run as it goes into the database. Now is when its Run Start, or Run Stop, was received.
 *
 * @throws LedgerError `refused` for what no document holds.
 */
export function runColumns(run: RunRecord, now: string): RunColumns {
  const { start, stop } = run
  const [plan, scanId, sample] = [textOf(start?.plan_name), start?.scan_id, sampleOf(start)]
  return {
    uid: run.uid,
    rank: rankOf(run),
    plan_name: plan,
    scan_id: jsonOf(scanId),
    sample,
    exit_status: textOf(stop?.exit_status),
    complete: run.complete ? 1 : 0,
    documents: run.documents,
    gaps: json(run.gaps),
    started_at: start ? now : null,
    stopped_at: stop ? now : null,
    record: lossless(shallow(run)),
    search: [run.uid, plan, textOf(scanId), sample]
      .filter((part) => part !== null)
      .join('\n')
      .toLowerCase(),
  }
}

/** A run that has stopped, with its jobs, as it goes into the database. */
export function receivedColumns({ run, rules, jobs }: Received, now: string): ReceivedColumns {
  return {
    run: runColumns(run, now),
    decision: json(rules),
    jobs: jobs.map((job) => ({ ...jobColumns(job), ...statusColumns(newStatus(job)) })),
  }
}

/** Where a job stands, as it goes into the database. */
export function statusColumns({ job, ...status }: JobStatus): StatusColumns {
  const { state } = status
  return {
    id: job.id,
    ...stateColumns(state),
    attempt: status.attempt,
    results_dir: status.resultsDir,
    started_at: status.startedAt,
    finished_at: status.finishedAt,
    status: json({ ...status, state: withoutDetails(state) }),
    job: json(withoutRun(job)),
  }
}

/** An attempt as it goes into the database. */
export function attemptColumns(note: AttemptNote): AttemptColumns {
  return {
    job: note.job,
    attempt: note.attempt,
    state: note.state,
    reason: note.reason,
    message: note.message,
    evidence: note.evidence && jsonOfEvidence(note.evidence),
    results_dir: note.resultsDir,
    started_at: note.startedAt,
    finished_at: note.finishedAt,
  }
}

/** An act as it goes into the database. */
export function actColumns({ who, what, job, uid, details }: Act, now: string): ActColumns {
  return {
    at: now,
    who,
    what,
    job: job ?? null,
    uid: uid ?? null,
    details: details ? json(details) : null,
  }
}

function jobColumns(job: Job): JobColumns {
  return {
    id: job.id,
    uid: job.run.uid,
    rule: job.rule,
    entry: job.entry,
    action: job.action,
    template: job.template,
    queued_at: job.queuedAt,
  }
}

function stateColumns(state: JobState): Pick<StatusColumns, 'state' | 'reason' | 'message'> {
  return {
    state: state.state,
    reason: 'reason' in state ? state.reason : null,
    message: 'message' in state ? (state.message ?? null) : null,
  }
}

/** Details are in the manifest; progress is over when it is read again. */
function withoutDetails(state: JobState): JobState {
  if (state.state === 'running') return { state: 'running', progress: null }
  if (!isEndState(state)) return state
  const { details: _, ...rest } = state
  const evidence: object | undefined = 'evidence' in rest ? rest.evidence : undefined
  if (!evidence) return rest
  // an action of somebody's own may say what has no JSON
  return { ...rest, evidence: JSON.parse(jsonOfEvidence(evidence)) as FailureEvidence } as JobState
}

function jsonOfEvidence(evidence: object): string {
  try {
    return json(evidence)
  } catch {
    return json({ traceback: 'what the action said of its failure has no form in JSON' })
  }
}

function withoutRun({ run: _, ...job }: Job): Omit<Job, 'run'> {
  return job
}

/** What people call a value of a document: documents that break the schema are delivered too. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : json(value)
}

function jsonOf(value: unknown): string | null {
  return value === undefined || value === null ? null : json(value)
}

function json(value: unknown): string {
  return lossless(withoutUndefined(value))
}

function lossless(value: unknown): string {
  try {
    return toLosslessJson(value)
  } catch (error) {
    throw new LedgerError('refused', `the ledger can't hold this: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** A run without optional fields that are undefined; its documents have none. */
export function shallow(run: RunRecord): object {
  return Object.fromEntries(Object.entries(run).filter(([, value]) => value !== undefined))
}

/** Optional fields that were given as undefined are left out, as `JSON.stringify` does. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, withoutUndefined(item)]),
  )
}
