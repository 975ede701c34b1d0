/**
 * A duration: Python's `datetime.timedelta`, normalized as Python does it.
 *
 * @example
 * ```ts
 * import { PyTimeDelta } from '@prompt-papermill/core'
 *
 * console.log(new PyTimeDelta(0, 90, 500_000).totalSeconds()) // 90.5
 * ```
 */
export class PyTimeDelta {
  /** Whole days; the only part that may be negative. */
  readonly days: number
  /** 0 to 86,399. */
  readonly seconds: number
  /** 0 to 999,999. */
  readonly microseconds: number

  /** Takes any whole numbers and normalizes them. */
  constructor(days: number, seconds = 0, microseconds = 0) {
    const carriedSeconds = Math.floor(microseconds / 1_000_000)
    const allSeconds = seconds + carriedSeconds
    const carriedDays = Math.floor(allSeconds / 86_400)
    this.days = days + carriedDays
    this.seconds = allSeconds - carriedDays * 86_400
    this.microseconds = microseconds - carriedSeconds * 1_000_000
  }

  /** The duration of so many seconds, to the microsecond. */
  static fromSeconds(seconds: number): PyTimeDelta {
    const whole = Math.floor(seconds)
    return new PyTimeDelta(0, whole, Math.round((seconds - whole) * 1_000_000))
  }

  /** The duration in seconds: `timedelta.total_seconds()`, correctly rounded as there. */
  totalSeconds(): number {
    const seconds = this.days * 86_400 + this.seconds
    const total = seconds * 1_000_000 + this.microseconds
    if (Number.isSafeInteger(total)) return total / 1_000_000
    // beyond 285 years: let the reading of a decimal do the rounding
    const exact = BigInt(seconds) * 1_000_000n + BigInt(this.microseconds)
    const size = exact < 0n ? -exact : exact
    const fraction = String(size % 1_000_000n).padStart(6, '0')
    return Number(`${exact < 0n ? '-' : ''}${size / 1_000_000n}.${fraction}`)
  }
}
