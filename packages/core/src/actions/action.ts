import type { Run } from '../run/run.js'

/** Where an action writes what it has to say. Structured: an object of fields, then a sentence. */
export interface Logger {
  /** What only helps to find a fault. */
  debug(fields: object, message: string): void
  /** What happened, as it should. */
  info(fields: object, message: string): void
  /** What somebody may want to look at; the work goes on. */
  warn(fields: object, message: string): void
  /** What went wrong. */
  error(fields: object, message: string): void
}

/** How far an action has come, in its own steps (a notebook's steps are its cells). */
export interface Progress {
  /** The step that has started or finished, from 1; 0 while the action waits for its first. */
  readonly step: number
  /** How many steps there are; 0 while that is not known. */
  readonly of: number
  /** `waiting`: for something outside, as a place in a batch system's queue. */
  readonly event: 'waiting' | 'started' | 'finished'
  /** What it waits for, for people. */
  readonly message?: string
  /** Seconds that the step took, once it has finished. */
  readonly seconds?: number
  /** Seconds that the step usually takes, where that is known. */
  readonly usualSeconds?: number
  /** Seconds that what remains usually takes, the step that has started included. */
  readonly remainingSeconds?: number
}

/** What the host hands to an action besides the run. */
export interface ActionContext {
  /** Aborted when the job is cancelled, times out or the host stops; its `reason` says which. */
  readonly signal: AbortSignal
  /** The host's log. */
  readonly logger: Logger
  /** Tells the host how far the action has come. */
  readonly progress: (progress: Progress) => void
  /** The attempt's own folder: exists, is empty, and is the action's to write to. */
  readonly resultsDir: string
  /** The entry's parameters, with `$start.…` and the like already replaced by their values. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The JSONL file with all of the run's documents, where the entry asked for it. */
  readonly documents: string | undefined
  /** The job that this attempt belongs to. */
  readonly job: { readonly id: string; readonly rule: string; readonly entry: string }
  /** The attempt's number, from 1. */
  readonly attempt: number
}

/** Why a job failed; free text goes into the message. */
export type FailureReason =
  'cell-error' | 'kernel-died' | 'timed-out' | 'out-of-memory' | 'not-started' | 'interrupted'

/** Why a job was skipped. */
export type SkipReason = 'exit-status' | 'data-not-ready' | 'rule'

/** How often a failed attempt is tried again, and after how long. */
export interface RetrySchedule {
  /** All automatic attempts together, the first included; a rerun begins to count anew. */
  readonly attempts: number
  /** Milliseconds to wait before the second attempt. */
  readonly delay: number
  /**
   * By how much each further wait is longer.
   *
   * @defaultValue 1: all are the same
   */
  readonly factor?: number | undefined
  /**
   * The longest wait, in milliseconds.
   *
   * @defaultValue an hour
   */
  readonly longest?: number | undefined
}

/** When a failed attempt is tried again. */
export interface RetryOptions extends RetrySchedule {
  /**
   * The reasons for which trying again may help; as an object each with what is otherwise for it.
   */
  readonly on: readonly FailureReason[] | RetryByReason
}

/** Reasons to try again, each with what is otherwise for it. */
export type RetryByReason = Readonly<Partial<Record<FailureReason, Partial<RetrySchedule>>>>

/** What explains a failure, as far as it is known. */
export interface FailureEvidence {
  /** The failing cell's place in the notebook, from 1. */
  readonly cell?: number
  /** The exception's class, as Jupyter has it. */
  readonly ename?: string
  /** The exception's text. */
  readonly evalue?: string
  /** The traceback as plain text, without terminal colours. */
  readonly traceback?: string
  /** The signal that ended the process or kernel. */
  readonly signal?: string
  /** The exit code of the process, where it ended by itself. */
  readonly exitCode?: number
  /** The limit that was hit. */
  readonly limit?: string
}

/**
 * How one attempt ended: success and failure in one shape, told apart by `state`.
 *
 * `details` goes into the manifest as it is: what made the result (template, kernel, versions).
 */
export type ActionResult = (
  | { readonly state: 'succeeded'; readonly message?: string }
  | { readonly state: 'no-data'; readonly message?: string }
  | { readonly state: 'skipped'; readonly reason: SkipReason; readonly message?: string }
  | {
      readonly state: 'failed'
      readonly reason: FailureReason
      readonly message: string
      readonly evidence?: FailureEvidence
    }
  | { readonly state: 'cancelled'; readonly message?: string }
) & { readonly details?: Readonly<Record<string, unknown>> }

/**
 * What to do for a run: a plain object with a name and `run`, so that a module can export one without
 * importing anything. {@link defineAction} adds the types.
 */
export interface Action {
  /** What people call it; the default name of an entry that uses it. */
  readonly name: string
  /**
   * Does the work for one run. What it throws becomes `failed (not-started)` with the error's message
   * if nothing of it can be told apart; return a result to say more.
   */
  run(run: Run, context: ActionContext): Promise<ActionResult>
}
