import type { DocumentMessage } from '../documents/messages.js'
import type { Gap } from './gap.js'
import type { Miscount } from './miscount.js'
import type { AbandonReason } from './run-record.js'
import type { Run } from './run.js'

/**
 * What a `RunTracker` notices. What can be lost of a run is an event each, and a property of the {@link Run};
 * docs/reference/loss.md has them in a table. None of them stops the stream.
 */
export interface RunTrackerEvents {
  /** A run began with its Run Start. */
  opened: (run: Run) => void
  /** A run was joined in the middle: its Run Start did not come. */
  joined: (run: Run) => void
  /**
   * A descriptor, resource or stream resource of a run came for the first time: its record says more than
   * before. For those who keep records.
   */
  described: (run: Run) => void
  /**
   * Events of a stream did not come: a hole in `seq_num` was seen. Said once for each hole, for the first
   * 1,000 of a stream; what comes late fills it and is not said.
   */
  gap: (run: Run, gap: Gap) => void
  /** The connection was lost while this run was open, so that documents of it may be. */
  interrupted: (run: Run) => void
  /**
   * A run stopped, and its Run Stop says another number of events than was received: fewer or more. Right
   * before `stopped`.
   */
  miscounted: (run: Run, miscounts: readonly Miscount[]) => void
  /** A run's Run Stop came; nothing of it comes any more. */
  stopped: (run: Run) => void
  /**
   * A Run Stop came for a run whose Run Start did not. If that run had been given up before,
   * {@link Run.abandoned} says why.
   */
  'stop-without-start': (run: Run) => void
  /**
   * A document came again, in whole or in part, or one came of a run that has stopped; what came before is
   * left out. Said of each Run Start and Run Stop, and of the others for the first one of a run only, since
   * with two proxies they are thousands: {@link Run.duplicates} counts them all. For a run that has stopped it
   * is a stand-in of that uid, which knows nothing else.
   */
  duplicate: (message: DocumentMessage, run: Run) => void
  /** A document whose run can't be told: its descriptor or resource did not come. */
  unattributed: (message: DocumentMessage) => void
  /**
   * An open run was given up: too many are open, and of this one nothing had come for the longest time;
   * nothing had come of it for too long; or `forget` was called, since it is to come anew.
   */
  abandoned: (run: Run, why: AbandonReason) => void
}

const names: Readonly<Record<keyof RunTrackerEvents, true>> = {
  opened: true,
  joined: true,
  described: true,
  gap: true,
  interrupted: true,
  miscounted: true,
  stopped: true,
  'stop-without-start': true,
  duplicate: true,
  unattributed: true,
  abandoned: true,
}

/**
 * The names of all events of {@link RunTrackerEvents}.
 *
 * @example
 * ```ts
 * import { RunTracker, runTrackerEventNames } from '@prompt-papermill/core'
 *
 * const tracker = new RunTracker()
 * for (const name of runTrackerEventNames) tracker.on(name, () => console.log(name))
 * ```
 */
export const runTrackerEventNames = Object.keys(names) as readonly (keyof RunTrackerEvents)[]
