import type { ActionResult, Progress, RetryOptions } from '../actions/action.js'
import type { WaitSchedule } from '../actions/readiness.js'
import type { RunRecord } from '../run/run-record.js'

/** What a job waits for before it runs, as plain data. */
export interface JobWait extends WaitSchedule {
  /** The readiness's name. */
  readonly for: string
}

/** One entry of one rule for one run, as plain data: what is queued, stored and sent. */
export interface Job {
  /** Derived from run, rule and entry, so that a run seen twice makes no second job. */
  readonly id: string
  /** What was known of the run when the job was made. */
  readonly run: RunRecord
  /** The name of the rule that matched. */
  readonly rule: string
  /** The name of the rule's entry. */
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
  /** The higher goes first; 0 unless its rule says otherwise. */
  readonly priority: number
  /** What it waits for before it runs; null: nothing. */
  readonly wait: JobWait | null
  /** ISO 8601, UTC. */
  readonly queuedAt: string
  /** Set where it was decided beforehand that there is nothing to run. */
  readonly decided: Extract<ActionResult, { state: 'skipped' | 'failed' }> | null
}

/** A job that waits for its data. It takes no place among those that run. */
export interface WaitingState {
  /** Tells it from the other states. */
  readonly state: 'waiting'
  /** For what, since when and until when, for people. */
  readonly message: string
  /** Since when it waits: ISO 8601, UTC. */
  readonly since: string
  /** When it is looked next: ISO 8601, UTC; null while that is going on, or has not begun. */
  readonly nextTry: string | null
}

/** Where a job stands. The end states are those of {@link ActionResult}. */
export type JobState =
  | {
      readonly state: 'queued'
      /** Why it is queued again, where an attempt has ended already. */
      readonly message?: string
    }
  | WaitingState
  | { readonly state: 'running'; readonly progress: Progress | null }
  | ActionResult

/** The name of a job's state. */
export type JobStateName = JobState['state']

/** A job with where it stands: what `jobs` shows and the ledger keeps. */
export interface JobStatus {
  /** The job, as it was made. */
  readonly job: Job
  /** Where it stands. */
  readonly state: JobState
  /** The number of the latest attempt; 0 before the first. */
  readonly attempt: number
  /** The latest attempt's folder. */
  readonly resultsDir: string | null
  /** When the latest attempt began: ISO 8601, UTC; null before the first. */
  readonly startedAt: string | null
  /** When the latest attempt ended: ISO 8601, UTC; null while it runs. */
  readonly finishedAt: string | null
  /** How often the host died or stopped while the job ran, since it was last asked for. */
  readonly interruptions: number
  /**
   * Attempts since the job was last asked for, by its run or by a rerun: those that count for its retries.
   * `attempt` goes on counting over reruns, and skips numbers whose folders are there already.
   */
  readonly tries: number
  /** The higher goes first: the job's own, unless a rerun gave another. */
  readonly priority: number
}

const endStates: ReadonlySet<string> = new Set([
  'succeeded',
  'no-data',
  'skipped',
  'failed',
  'cancelled',
])

/**
 * Whether a job is done with. Tells {@link ActionResult} from the states of a job that is not.
 *
 * @example
 * ```ts
 * import { isEndState } from '@prompt-papermill/core'
 *
 * console.log(isEndState({ state: 'queued' }), isEndState({ state: 'no-data' })) // false true
 * ```
 */
export function isEndState(state: JobState): state is ActionResult {
  return endStates.has(state.state)
}

/**
 * The status of a job that was just made: for a queue of your own.
 *
 * @example
 * ```ts
 * import { newStatus } from '@prompt-papermill/core'
 * import { makeJob } from '@prompt-papermill/core/testing'
 *
 * const { state, attempt } = newStatus(makeJob())
 * console.log(state, attempt) // { state: 'queued' } 0
 * ```
 */
export function newStatus(job: Job): JobStatus {
  return {
    job,
    state: job.decided ?? readyToBegin(job, job.queuedAt),
    attempt: 0,
    resultsDir: null,
    startedAt: null,
    finishedAt: job.decided ? job.queuedAt : null,
    interruptions: 0,
    tries: 0,
    priority: job.priority,
  }
}

/**
 * Where a job stands that is to run: it is queued, or waits for its data first.
 *
 * @param since - from when on it waits: ISO 8601, UTC
 *
 * @example
 * ```ts
 * import { readyToBegin } from '@prompt-papermill/core'
 * import { makeJob } from '@prompt-papermill/core/testing'
 *
 * console.log(readyToBegin(makeJob(), new Date().toISOString())) // { state: 'queued' }
 * ```
 */
export function readyToBegin({ wait }: Job, since: string): JobState {
  if (!wait) return { state: 'queued' }
  return { state: 'waiting', message: `for ${wait.for}`, since, nextTry: null }
}
