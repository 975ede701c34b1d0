import type { EventEmitter } from 'eventemitter3'

import type { ActionResult, Progress } from '../actions/action.js'
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
  readonly progress: (progress: Progress) => void
}

/** How an attempt ended, and where its results are. */
export interface AttemptOutcome {
  readonly result: ActionResult
  readonly resultsDir: string | null
}

/** Performs one attempt of a job. It never throws: what goes wrong is a result. */
export type Performer = (job: Job, request: AttemptRequest) => Promise<AttemptOutcome>

/** Why an attempt was told to end: the `reason` of its signal. */
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
 */
export interface JobQueue {
  readonly events: EventEmitter<JobQueueEvents>
  /** Begins to perform jobs. */
  start(performer: Performer): Promise<void>
  /**
   * Takes jobs in; resolves when the queue has them for good. Jobs whose ids it knows are left as they are.
   *
   * @returns the jobs that were new.
   */
  add(jobs: readonly Job[]): Promise<readonly Job[]>
  /** Cancels a job that has not ended; false if there is none of that id. */
  cancel(id: string, message: string): Promise<boolean>
  /**
   * Attempts a job that has ended once more. A job that the queue has forgotten is taken from `status`.
   *
   * @returns false if the job has not ended.
   */
  rerun(status: JobStatus): Promise<boolean>
  /** Starts no further job until {@link JobQueue.resume}; what runs goes on. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Where a job stands. */
  get(id: string): Promise<JobStatus | undefined>
  /** Resolves when nothing is queued, waiting or running, or the queue has stopped. */
  idle(): Promise<void>
  /**
   * Starts nothing more, gives what runs so many milliseconds, and interrupts the rest; resolves when
   * nothing runs.
   */
  stop(grace: number): Promise<void>
}
