import type { EventDescriptor, RunStart, RunStop } from '../documents/generated/index.js'
import type { RunOrigin } from '../documents/run-origin.js'
import type { Gap } from './gap.js'
import type { Miscount } from './miscount.js'

/**
 * Why an open run was given up: too many were open, nothing had come of it for too long, or it is to come anew
 * from its beginning.
 */
export type AbandonReason = 'too-many' | 'too-old' | 'replaced'

/**
 * A `Run` as plain data, to be stored or sent. What is optional is left out where there is nothing to say, as
 * it is in records of earlier versions.
 */
export interface RunRecord {
  /** The run's uid: that of its Run Start. */
  readonly uid: string
  /** The Run Start, if it came. */
  readonly start: RunStart | null
  /** The descriptors that came, the first 1,000 of them. */
  readonly descriptors: readonly EventDescriptor[]
  /** The Run Stop, if it came. */
  readonly stop: RunStop | null
  /** Events by stream name. */
  readonly events: Readonly<Record<string, number>>
  /** Events that did not come. */
  readonly gaps: readonly Gap[]
  /** How many documents were received, of any kind. */
  readonly documents: number
  /** Whether all of it came; see `Run.complete`. */
  readonly complete: boolean
  /** Streams whose events don't agree with the Run Stop's `num_events`. */
  readonly miscounts?: readonly Miscount[]
  /** Whether it was joined in the middle. */
  readonly joined?: boolean
  /** How many of its documents came again, in whole or in part. */
  readonly duplicates?: number
  /** How often the connection was lost, or its reader was away, while it was open. */
  readonly interruptions?: number
  /** Which way it came; left out for `live`. */
  readonly origin?: RunOrigin
  /** How many descriptors came beyond those in `descriptors`. */
  readonly omittedDescriptors?: number
  /** Why it was given up. */
  readonly abandoned?: AbandonReason
  /**
   * The uids of its latest resources and stream resources, at most 1,000 of them, while it is open: so that
   * their datums find their run after a restart.
   */
  readonly resources?: readonly string[]
}
