import { EventModelError } from '../../errors/event-model-errors.js'
import type { RunStart, RunStop } from '../generated/index.js'
import {
  checked,
  type ComposeOptions,
  type EventCounters,
  now,
  type StampOptions,
} from './composing.js'

/** What the `composeStop` of a run takes. */
export interface StopOptions extends StampOptions, ComposeOptions {
  /**
   * How the run ended.
   *
   * @defaultValue `'success'`
   */
  exit_status?: RunStop['exit_status']
  /**
   * Why it ended so, in words.
   *
   * @defaultValue `''`
   */
  reason?: string
}

/** What a Run Stop is composed of. */
export interface StopParts {
  /** The Run Start of the run. */
  start: RunStart
  /** Becomes `num_events`. */
  eventCounters: EventCounters
  /** Empty until the run has its stop. */
  poisonPill: unknown[]
}

/**
 * Composes a RunStop. Mirrors `event_model.compose_stop`; `composeRun` gives one that knows its run.
 *
 * @throws EventModelError `closed` if the run has a stop already; EventModelValidationError `bad-document` if
 *   this one breaks the schema.
 *
 * @example
 * ```ts
 * import { composeRun } from '@prompt-papermill/core'
 *
 * const { composeStop } = composeRun()
 * console.log(composeStop({ exit_status: 'abort', reason: 'beam lost' }).exit_status) // abort
 * ```
 */
export function composeStop(options: StopParts & StopOptions): RunStop {
  const { start, eventCounters, poisonPill } = options
  if (poisonPill.length > 0) {
    throw new EventModelError('closed', `a RunStop of the run ${start.uid} was already composed`)
  }
  poisonPill.push(true)
  const doc: RunStop = {
    uid: options.uid ?? crypto.randomUUID(),
    time: options.time ?? now(),
    run_start: start.uid,
    exit_status: options.exit_status ?? 'success',
    reason: options.reason ?? '',
    num_events: Object.fromEntries([...eventCounters].map(([name, next]) => [name, next - 1])),
  }
  return checked('stop', doc, options.validate ?? true)
}
