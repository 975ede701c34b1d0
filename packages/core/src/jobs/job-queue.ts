import type { EventEmitter } from 'eventemitter3'

import type { ActionResult, Progress } from '../actions/action.js'
import type { ReadinessState } from '../actions/readiness.js'
import type { Job, JobStatus } from './job.js'

/** What a queue says of its jobs. */
export interface JobQueueEvents {
  /** A job is new, or stands elsewhere than before. */
  status: (status: JobStatus) => void
}

/** What the performer of an attempt is told. */
export interface AttemptRequest {
  /** The attempt's number, from 1. */
  readonly attempt: number
  /** Aborted with a {@link StopReason} when the attempt has to end. */
  readonly signal: AbortSignal
  /** Tells how far the attempt has come. */
  readonly progress: (progress: Progress) => void
  /**
   * Tells where the attempt's results go, once its folder is made, and the number that it got there: a folder
   * that exists is not used again, so that it may be higher than `attempt`. Every queue gives it.
   */
  readonly opened?: (place: { readonly attempt: number; readonly resultsDir: string }) => void
  /** Set where the attempt began in an earlier life of the host, and went on elsewhere. */
  readonly resumed?: true
  /**
   * Asked before the result is recorded: false if the attempt does not count any more, since the queue took it for
   * lost. Without it, it counts.
   */
  readonly stillCounts?: () => Promise<boolean>
}

/** How an attempt ended, and where its results are. */
export interface AttemptOutcome {
  /** How it ended. */
  readonly result: ActionResult
  /** The attempt's folder; null if it has none. */
  readonly resultsDir: string | null
}

/** Performs one attempt of a job. It never throws: what goes wrong is a result. */
export type Performer = (job: Job, request: AttemptRequest) => Promise<AttemptOutcome>

/** Looks once whether what a job waits for is there. It may throw: then it is not there yet. */
export type ReadyCheck = (job: Job, signal: AbortSignal) => Promise<ReadinessState>

/** How many jobs may run at once. */
export interface QueueLimits {
  /** All together. */
  readonly concurrency: number
  /** Those of one rule, by its name; a rule that is not named has no limit of its own. */
  readonly rules: Readonly<Record<string, number>>
}

/** How many jobs a queue has that have not ended. */
export interface QueueCounts {
  /** Those whose turn has not come, or whose next attempt has to wait. */
  readonly queued: number
  /** Those that wait for their data. */
  readonly waiting: number
  /** Those with an attempt under way. */
  readonly running: number
  /** How many were turned away since it began, because it was full. */
  readonly refused: number
}

/** What is otherwise when a job is attempted once more. */
export interface RerunOptions {
  /** In place of the job's own priority. */
  readonly priority?: number | undefined
  /** In place of the job as it was stored: decided anew. It has the same id. */
  readonly job?: Job | undefined
}

/**
 * Why an attempt was told to end: the `reason` of its signal.
 *
 * @example
 * ```ts
 * import { defineAction, StopReason } from '@prompt-papermill/core'
 *
 * export default defineAction({
 *   name: 'patient',
 *   async run(run, { signal, logger }) {
 *     signal.addEventListener('abort', () => {
 *       const { reason } = signal
 *       if (reason instanceof StopReason) logger.info({ kind: reason.kind }, reason.message)
 *     })
 *     return { state: 'succeeded' }
 *   },
 * })
 * ```
 */
export class StopReason extends Error {
  override readonly name = 'StopReason'

  /**
   * @param kind - `cancelled` by a person, `interrupted` by the host's end, or `timed-out`.
   */
  constructor(
    readonly kind: 'cancelled' | 'interrupted' | 'timed-out',
    message: string,
  ) {
    super(message)
  }
}

/**
 * Holds jobs and has them performed: the contract of every queue. The in-memory queue is the reference;
 * the contract suite in `@prompt-papermill/core/testing` holds for all.
 *
 * Whose priority is higher goes first, then who came first. A job that waits for its data, and a rule that is at
 * its limit, hold up no other. A queue that is full turns jobs away: they have failed, and say so.
 */
export interface JobQueue {
  /** What it says of its jobs. */
  readonly events: EventEmitter<JobQueueEvents>
  /** Whether it starts no jobs until it is resumed. */
  readonly paused: boolean
  /**
   * Begins to perform jobs.
   *
   * @param ready - looks whether the data of jobs is there that wait for it. Without it, none is ever.
   */
  start(performer: Performer, ready?: ReadyCheck): Promise<void>
  /**
   * Takes jobs in; resolves when the queue has them for good. Jobs whose ids it knows are left as they are.
   *
   * @returns the jobs that were new.
   * @throws BlueskyError `closed` if the queue stops.
   */
  add(jobs: readonly Job[]): Promise<readonly Job[]>
  /** Cancels a job that has not ended; false if there is none of that id. */
  cancel(id: string, message: string): Promise<boolean>
  /**
   * Attempts a job that has ended once more; its retries begin anew. A job that the queue has forgotten is
   * taken from `status`.
   *
   * @returns false if the job has not ended, or the queue stops.
   * @throws BlueskyError `full` if the queue has no room.
   */
  rerun(status: JobStatus, options?: RerunOptions): Promise<boolean>
  /** Starts no further job until {@link JobQueue.resume}; what runs goes on, and so does waiting for data. */
  pause(): Promise<void>
  /** Starts jobs again, after {@link JobQueue.pause}. */
  resume(): Promise<void>
  /**
   * Changes how many jobs run at once; what is left out stays as it is. What runs goes on.
   *
   * @throws BlueskyError `bad-option` for a limit with which no job would ever run.
   */
  setLimits(limits: Partial<QueueLimits>): Promise<void>
  /** Where a job stands. */
  get(id: string): Promise<JobStatus | undefined>
  /** How many jobs it has that have not ended. */
  counts(): Promise<QueueCounts>
  /** Resolves when nothing is queued, waiting or running, or the queue has stopped. */
  idle(): Promise<void>
  /**
   * Starts nothing more, gives what runs so many milliseconds, and interrupts the rest; resolves when
   * nothing runs.
   */
  stop(grace: number): Promise<void>
}
