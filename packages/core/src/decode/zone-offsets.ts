import { failure } from './failure.js'

/** A reading of a wall clock; `fold` is 1 for the second of two equal ones. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly fold: 0 | 1
}

const millisecondsPerDay = 86_400_000
/** More than there are; and days enough for fifty years of one zone. */
const maxKnownZones = 1024
const maxKnownDays = 20_000
/** What one payload may ask for: making a zone costs some 50 microseconds, asking it about 3. */
const maxNewZones = 512
const maxNewOffsets = 100_000

/**
 * The offsets of named time zones, from the machine's own time zone database (`Intl`): what Python's
 * `zoneinfo` gives. What was found is kept, since a run's datetimes are of few zones and days.
 */
export class ZoneOffsets {
  readonly #zones = new Map<string, Zone | undefined>()
  readonly #cost = { zones: 0, offsets: 0 }

  /** Starts to count anew what a payload asks for. */
  reset(): void {
    this.#cost.zones = 0
    this.#cost.offsets = 0
  }

  /**
   * The offset of a zone at a wall time, in seconds east of UTC; by PEP 495 where clocks are set.
   *
   * @returns undefined if there is no such zone.
   * @throws BlueskyError `too-large` if a payload asks for too many different ones.
   */
  offsetAt(zone: string, wall: WallTime): number | undefined {
    const known = this.#zone(zone)
    if (known === undefined) return undefined
    const local = localTime(wall)
    const before = known.offset(local - millisecondsPerDay)
    const after = known.offset(local + millisecondsPerDay)
    if (before === after) return before
    const isBefore = known.offset(local - before * 1000) === before
    const isAfter = known.offset(local - after * 1000) === after
    // both: the clock was set back over it; neither: set forward
    if (isBefore === isAfter) return wall.fold === 0 ? before : after
    return isBefore ? before : after
  }

  #zone(name: string): Zone | undefined {
    const key = name.toLowerCase()
    if (this.#zones.has(key)) return this.#zones.get(key)
    if (++this.#cost.zones > maxNewZones) {
      throw failure('too-large', `more than ${maxNewZones} different time zones`)
    }
    if (this.#zones.size >= maxKnownZones) this.#zones.clear()
    const zone = makeZone(name, this.#cost)
    this.#zones.set(key, zone)
    return zone
  }
}

function makeZone(name: string, cost: { offsets: number }): Zone | undefined {
  try {
    return new Zone(name, cost)
  } catch (error) {
    // Intl's way to say that it has no such zone
    if (error instanceof RangeError) return undefined
    throw error
  }
}

class Zone {
  readonly #format: Intl.DateTimeFormat
  readonly #atMidnight = new Map<number, number>()
  readonly #cost: { offsets: number }

  constructor(name: string, cost: { offsets: number }) {
    this.#cost = cost
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** The offset at an instant in milliseconds; of a day without change, from its ends. */
  offset(instant: number): number {
    const day = Math.floor(instant / millisecondsPerDay)
    const start = this.#midnight(day)
    return start === this.#midnight(day + 1) ? start : this.#measure(instant)
  }

  #midnight(day: number): number {
    const known = this.#atMidnight.get(day)
    if (known !== undefined) return known
    const offset = this.#measure(day * millisecondsPerDay)
    if (this.#atMidnight.size >= maxKnownDays) this.#atMidnight.clear()
    this.#atMidnight.set(day, offset)
    return offset
  }

  /** What the zone's clock shows, less what UTC's does. */
  #measure(instant: number): number {
    if (++this.#cost.offsets > maxNewOffsets) {
      throw failure('too-large', `offsets of more than ${maxNewOffsets} different days`)
    }
    const shown = new Map<string, string>()
    for (const { type, value } of this.#format.formatToParts(instant)) shown.set(type, value)
    const part = (type: string) => Number(shown.get(type))
    const year = shown.get('era')?.startsWith('B') === true ? 1 - part('year') : part('year')
    const local = localTime({
      year,
      month: part('month'),
      day: part('day'),
      hour: part('hour'),
      minute: part('minute'),
      second: part('second'),
      fold: 0,
    })
    return Math.round((local - Math.floor(instant / 1000) * 1000) / 1000)
  }
}

/** A wall time as milliseconds, as if it were UTC's. */
function localTime({ year, month, day, hour, minute, second }: WallTime): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.setUTCHours(hour, minute, second)
}
