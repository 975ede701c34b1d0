import type {
  Action,
  ActionContext,
  ActionResult,
  FailureReason,
  Logger,
  SkipReason,
} from '../actions/action.js'
import type { Job } from '../jobs/job.js'
import { type AttemptOutcome, type AttemptRequest, StopReason } from '../jobs/job-queue.js'
import type { Run } from '../run/run.js'

/** One attempt of one action for one run. */
export interface Work {
  /** The job that the attempt belongs to. */
  readonly job: Job
  /** The run as it was when it had stopped. */
  readonly run: Run
  /** What to do for it. */
  readonly action: Action
  /** The attempt's number, the signal that ends it, and whom to tell how far it has come. */
  readonly request: AttemptRequest
}

/** Runs one attempt and says how it ended; never throws. */
export type ActionRunner = (work: Work) => Promise<AttemptOutcome>

/** Runs an action without a results folder: where there is no disk, as in a browser. */
export const runInPlace: ActionRunner = async (work) => ({
  result: await callAction(work, { resultsDir: '', logger: silentLogger }),
  resultsDir: null,
})

/**
 * Says nothing: for an action that is run where nobody reads what it logs.
 *
 * @example
 * ```ts
 * import { silentLogger } from '@prompt-papermill/core'
 *
 * silentLogger.info({ uid: '5d8beb4d' }, 'nobody hears this')
 * ```
 */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** How long an action that was told to end may take to do so, in milliseconds. */
const maxEnding = 30_000

/**
 * Calls an action and makes whatever comes of it a result: also what it throws, and also nothing at all
 * within half a minute after it was told to end. It never throws: an {@link ActionRunner} of your own makes a
 * place for the results and leaves the rest to this.
 *
 * @example
 * ```ts
 * import { type ActionRunner, callAction, RunRouter, silentLogger } from '@prompt-papermill/core'
 *
 * const inTmp: ActionRunner = async (work) => ({
 *   result: await callAction(work, { resultsDir: '/tmp', logger: silentLogger }),
 *   resultsDir: '/tmp',
 * })
 * const router = new RunRouter([], { runAction: inTmp })
 * console.log(router.rules.length) // 0
 * ```
 */
export async function callAction(
  { job, run, action, request }: Work,
  place: Pick<ActionContext, 'resultsDir' | 'logger'>,
): Promise<ActionResult> {
  const { signal, attempt, progress } = request
  const context: ActionContext = {
    ...place,
    signal,
    progress,
    attempt,
    parameters: job.parameters,
    documents: job.documents ?? undefined,
    job: { id: job.id, rule: job.rule, entry: job.entry },
  }
  const overdue = whenOverdue(signal)
  try {
    const result = await Promise.race([Promise.resolve(action.run(run, context)), overdue.promise])
    return isResult(result) ? result : notAResult(action, result)
  } catch (error) {
    return signal.aborted ? stopped(signal) : threw(error)
  } finally {
    overdue.clear()
  }
}

/** The result of an attempt that was told to end, by the reason for which it was. */
function stopped(signal: AbortSignal): ActionResult {
  const reason: unknown = signal.reason
  const message = reason instanceof Error ? reason.message : String(reason)
  const kind = reason instanceof StopReason ? reason.kind : 'cancelled'
  return kind === 'cancelled'
    ? { state: 'cancelled', message }
    : { state: 'failed', reason: kind, message }
}

function whenOverdue(signal: AbortSignal): { promise: Promise<ActionResult>; clear: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort: () => void = () => undefined
  const promise = new Promise<ActionResult>((resolve) => {
    abort = () => {
      timer = setTimeout(() => resolve(stopped(signal)), maxEnding)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  const clear = (): void => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
  return { promise, clear }
}

const failureReasons: ReadonlySet<unknown> = new Set<FailureReason>([
  'cell-error',
  'kernel-died',
  'timed-out',
  'out-of-memory',
  'not-started',
  'interrupted',
])
const skipReasons: ReadonlySet<unknown> = new Set<SkipReason>([
  'exit-status',
  'data-not-ready',
  'rule',
])

/** Modules written in JavaScript return what they like. */
function isResult(value: unknown): value is ActionResult {
  if (typeof value !== 'object' || value === null) return false
  const { state, reason, message } = value as Record<string, unknown>
  if (message !== undefined && typeof message !== 'string') return false
  switch (state) {
    case 'succeeded':
    case 'no-data':
    case 'cancelled':
      return true
    case 'skipped':
      return skipReasons.has(reason)
    case 'failed':
      return failureReasons.has(reason) && message !== undefined
    default:
      return false
  }
}

function notAResult(action: Action, value: unknown): ActionResult {
  const message = `the action ${action.name} returned ${shown(value)}; it should be { state: 'succeeded' } or the like`
  return { state: 'failed', reason: 'not-started', message }
}

function shown(value: unknown): string {
  let text: string
  try {
    const json: unknown = JSON.stringify(value)
    text = typeof json === 'string' ? json : typeof value
  } catch {
    text = 'what has no JSON'
  }
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function threw(error: unknown): ActionResult {
  const evidence = error instanceof Error && error.stack ? { traceback: error.stack } : {}
  return { state: 'failed', reason: 'not-started', message: messageOf(error), evidence }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  return typeof error === 'string' ? error : `it threw ${shown(error)}`
}
