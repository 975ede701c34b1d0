import type { ActionResult, Progress, RetryOptions } from '../actions/action.js'
import type { RunRecord } from '../run/run.js'

/** One entry of one rule for one run, as plain data: what is queued, stored and sent. */
export interface Job {
  /** Derived from run, rule and entry, so that a run seen twice makes no second job. */
  readonly id: string
  readonly run: RunRecord
  readonly rule: string
  readonly entry: string
  /** The action's name. */
  readonly action: string
  /** The template's path, where the action runs a notebook. */
  readonly template: string | null
  /** With the run's values in place of references. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The JSONL file with the run's documents, where the entry asked for it. */
  readonly documents: string | null
  /** When it is tried again; null: as the queue does by default. */
  readonly retry: RetryOptions | null
  /** ISO 8601, UTC. */
  readonly queuedAt: string
  /** Set where it was decided beforehand that there is nothing to run. */
  readonly decided: Extract<ActionResult, { state: 'skipped' | 'failed' }> | null
}

/** Where a job stands. The end states are those of {@link ActionResult}. */
export type JobState =
  | { readonly state: 'queued' }
  | { readonly state: 'waiting'; readonly message: string }
  | { readonly state: 'running'; readonly progress: Progress | null }
  | ActionResult

/** The name of a job's state. */
export type JobStateName = JobState['state']

/** A job with where it stands: what `jobs` shows and the ledger keeps. */
export interface JobStatus {
  readonly job: Job
  readonly state: JobState
  /** The number of the latest attempt; 0 before the first. */
  readonly attempt: number
  /** The latest attempt's folder. */
  readonly resultsDir: string | null
  /** Of the latest attempt; ISO 8601, UTC. */
  readonly startedAt: string | null
  readonly finishedAt: string | null
  /** How often the host died or stopped while the job ran. */
  readonly interruptions: number
}

const endStates: ReadonlySet<string> = new Set([
  'succeeded',
  'no-data',
  'skipped',
  'failed',
  'cancelled',
])

/** Whether a job is done with. */
export function isEndState(state: JobState): state is ActionResult {
  return endStates.has(state.state)
}

/** The status of a job that was just made. */
export function newStatus(job: Job): JobStatus {
  return {
    job,
    state: job.decided ?? { state: 'queued' },
    attempt: 0,
    resultsDir: null,
    startedAt: null,
    finishedAt: job.decided ? job.queuedAt : null,
    interruptions: 0,
  }
}
