/** A stream of which another number of events was received than the Run Stop's `num_events` says. */
export interface Miscount {
  /** The stream's name. */
  readonly stream: string
  /** How many events the Run Stop says there were; null if what it says is no number. */
  readonly expected: number | null
  /** How many different events were received: fewer than expected, or more. */
  readonly received: number
}
