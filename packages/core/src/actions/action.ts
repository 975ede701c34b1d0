import type { Run } from '../run/run.js'

/** Where an action writes what it has to say. Structured: an object of fields, then a sentence. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** How far an action has come, in its own steps (a notebook's steps are its cells). */
export interface Progress {
  /** The step that has started or finished, from 1. */
  readonly step: number
  /** How many steps there are. */
  readonly of: number
  readonly event: 'started' | 'finished'
}

/** What the host hands to an action besides the run. */
export interface ActionContext {
  /** Aborted when the job is cancelled, times out or the host stops; its `reason` says which. */
  readonly signal: AbortSignal
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

/** When a failed attempt is tried again. */
export interface RetryOptions {
  /** All automatic attempts together, the first included. */
  readonly attempts: number
  /** The reasons for which trying again may help. */
  readonly on: readonly FailureReason[]
  /** Milliseconds to wait before. */
  readonly delay: number
}

/** What explains a failure, as far as it is known. */
export interface FailureEvidence {
  /** The failing cell's place in the notebook, from 1. */
  readonly cell?: number
  /** The exception's class and text, as Jupyter has them. */
  readonly ename?: string
  readonly evalue?: string
  /** The traceback as plain text, without terminal colours. */
  readonly traceback?: string
  /** The signal that ended the process or kernel. */
  readonly signal?: string
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
