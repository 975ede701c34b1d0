/** How soon things are noticed; all in milliseconds. */
export interface QueueTiming {
  /** An executor that has not confirmed an attempt for so long has lost it. */
  readonly lease: number
  /** How often an executor confirms what it performs, and says that it is there. */
  readonly confirm: number
  /** How often the intake looks for attempts that were lost. */
  readonly look: number
  /** How long the intake waits with that when Redis is back, so that executors can confirm first. */
  readonly afterReconnect: number
  /** An executor that has not said that it is there for so long has no places any more. */
  readonly presence: number
  /** How often the intake looks how its attempts stand, besides what it is told. */
  readonly reconcile: number
  /** How long an attempt's end stays in Redis after the intake has it. */
  readonly remembered: number
  /** How long is waited for Redis when the queue stops. */
  readonly patience: number
}

/**
 * An attempt is lost at the latest `lease + 2 * look` after its executor died, and begins elsewhere within ten
 * seconds; an executor may stand still for `lease - confirm`.
 */
export const defaultTiming: QueueTiming = {
  lease: 4_500,
  confirm: 1_000,
  look: 500,
  afterReconnect: 3_000,
  presence: 5_000,
  reconcile: 2_000,
  remembered: 60_000,
  patience: 5_000,
}
