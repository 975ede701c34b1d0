import { BlueskyError } from '../../errors/bluesky-error.js'

/** Which of Python's classes a {@link PyDateTime} stands for. */
export type PyDateTimeKind = 'datetime' | 'date' | 'time'

/** The parts of a {@link PyDateTime}; what isn't given is 0, and `offset` null. */
export interface PyDateTimeParts {
  /** Which of Python's classes it stands for. */
  kind: PyDateTimeKind
  /** 1 to 9999. */
  year?: number
  /** 1 to 12. */
  month?: number
  /** 1 to 31. */
  day?: number
  /** 0 to 23. */
  hour?: number
  /** 0 to 59. */
  minute?: number
  /** 0 to 59. */
  second?: number
  /** 0 to 999,999. */
  microsecond?: number
  /** Seconds east of UTC; null for a naive one. */
  offset?: number | null
}

const isoformat =
  /^(?:(\d{4})-(\d{2})-(\d{2}))?(?:(^|T)(\d{2}):(\d{2}):(\d{2})(?:\.(\d{6}))?([+-]\d{2}:\d{2}(?::\d{2}(?:\.\d{6})?)?)?)?$/

/**
 * A point in time as people write it: Python's `datetime.datetime`, `date` and `time`, to the microsecond
 * and with the offset from UTC where it is known.
 *
 * @example
 * ```ts
 * import { PyDateTime } from '@prompt-papermill/core'
 *
 * const when = PyDateTime.fromIsoformat('2026-11-22T10:11:12.345678+01:00')
 * console.log(when.isoformat(), when.toDate().getTime()) // 2026-11-22T10:11:12.345678+01:00 1795338672345
 * ```
 */
export class PyDateTime {
  /** Which of Python's classes it stands for; a `date` has only the first three parts, a `time` only the others. */
  readonly kind: PyDateTimeKind
  /** 1 to 9999; 0 for a `time`. */
  readonly year: number
  /** 1 to 12; 0 for a `time`. */
  readonly month: number
  /** 1 to 31; 0 for a `time`. */
  readonly day: number
  /** 0 to 23. */
  readonly hour: number
  /** 0 to 59. */
  readonly minute: number
  /** 0 to 59. */
  readonly second: number
  /** 0 to 999,999. */
  readonly microsecond: number
  /** Seconds east of UTC, down to the microsecond; null for a naive one, as all dates are. */
  readonly offset: number | null

  /** @throws BlueskyError `bad-document` if the parts are no date or time of the calendar. */
  constructor(parts: PyDateTimeParts) {
    this.kind = parts.kind
    this.year = parts.year ?? 0
    this.month = parts.month ?? 0
    this.day = parts.day ?? 0
    this.hour = parts.hour ?? 0
    this.minute = parts.minute ?? 0
    this.second = parts.second ?? 0
    this.microsecond = parts.microsecond ?? 0
    this.offset = parts.offset ?? null
    if (!isPossible(this)) {
      throw new BlueskyError('bad-document', `no such ${this.kind}: ${JSON.stringify(parts)}`)
    }
  }

  /**
   * Reads what {@link PyDateTime.isoformat} writes.
   *
   * @throws BlueskyError `bad-document` if `text` is no such text.
   */
  static fromIsoformat(text: string): PyDateTime {
    const [, year, month, day, separator, hour, minute, second, microsecond, offset] =
      isoformat.exec(text) ?? []
    const hasDate = year !== undefined
    const hasTime = hour !== undefined
    if ((!hasDate && !hasTime) || (separator === 'T') !== (hasDate && hasTime)) {
      throw new BlueskyError('bad-document', `not a Python isoformat: ${JSON.stringify(text)}`)
    }
    return new PyDateTime({
      kind: hasDate ? (hasTime ? 'datetime' : 'date') : 'time',
      year: Number(year ?? 0),
      month: Number(month ?? 0),
      day: Number(day ?? 0),
      hour: Number(hour ?? 0),
      minute: Number(minute ?? 0),
      second: Number(second ?? 0),
      microsecond: Number(microsecond ?? 0),
      offset: offset === undefined ? null : parseOffset(offset),
    })
  }

  /** The text that Python's `isoformat()` gives: microseconds and offset only where there are any. */
  isoformat(): string {
    const date = `${digits(this.year, 4)}-${digits(this.month)}-${digits(this.day)}`
    if (this.kind === 'date') return date
    const fraction = this.microsecond === 0 ? '' : `.${digits(this.microsecond, 6)}`
    const time = `${digits(this.hour)}:${digits(this.minute)}:${digits(this.second)}${fraction}`
    const offset = this.offset === null ? '' : formatOffset(this.offset)
    return this.kind === 'time' ? `${time}${offset}` : `${date}T${time}${offset}`
  }

  /**
   * The instant, to the millisecond below. One without offset is taken as local time, as Python's
   * `timestamp()` does; a date as its local midnight.
   *
   * @throws BlueskyError `not-representable` for a time, which is of no day.
   */
  toDate(): Date {
    if (this.kind === 'time') {
      throw new BlueskyError(
        'not-representable',
        `the time ${this.isoformat()} is of no day; combine it with a date first`,
      )
    }
    const date = new Date(0)
    const milliseconds = Math.floor(this.microsecond / 1000)
    if (this.offset === null) {
      date.setFullYear(this.year, this.month - 1, this.day)
      date.setHours(this.hour, this.minute, this.second, milliseconds)
      return date
    }
    date.setUTCFullYear(this.year, this.month - 1, this.day)
    date.setUTCHours(this.hour, this.minute, this.second, 0)
    const microseconds = this.microsecond - Math.round(this.offset * 1_000_000)
    return new Date(date.getTime() + Math.floor(microseconds / 1000))
  }
}

function isPossible(value: PyDateTime): boolean {
  const { kind, year, month, day, hour, minute, second, microsecond, offset } = value
  const dated = within(year, 1, 9999) && within(month, 1, 12) && within(day, 1, daysIn(year, month))
  const timed =
    within(hour, 0, 23) &&
    within(minute, 0, 59) &&
    within(second, 0, 59) &&
    within(microsecond, 0, 999_999) &&
    (offset === null || Math.abs(offset) < 86_400)
  return (kind === 'time' || dated) && (kind === 'date' || timed)
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function digits(value: number, count = 2): string {
  return String(value).padStart(count, '0')
}

function formatOffset(offset: number): string {
  const total = Math.round(Math.abs(offset) * 1_000_000)
  const microseconds = total % 1_000_000
  const seconds = Math.floor(total / 1_000_000) % 60
  const minutes = Math.floor(total / 60_000_000) % 60
  const hours = Math.floor(total / 3_600_000_000)
  let text = `${offset < 0 ? '-' : '+'}${digits(hours)}:${digits(minutes)}`
  if (seconds !== 0 || microseconds !== 0) text += `:${digits(seconds)}`
  if (microseconds !== 0) text += `.${digits(microseconds, 6)}`
  return text
}

function parseOffset(text: string): number {
  const [hours = '0', minutes = '0', seconds = '0'] = text.slice(1).split(':')
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return text.startsWith('-') ? -size : size
}
