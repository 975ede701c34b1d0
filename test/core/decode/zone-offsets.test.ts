import { describe, expect, it } from 'vitest'

import { ZoneOffsets } from '../../../packages/core/src/decode/zone-offsets.js'
import { codeThrownBy } from '../../support/bytes.js'

const noon = { year: 2026, month: 7, day: 2, hour: 12, minute: 0, second: 0, fold: 0 } as const

/** Noon of the day, so many days after the first of year 1. */
function noonOf(day: number) {
  const date = new Date(0)
  date.setUTCFullYear(1, 0, 2 + day)
  return {
    ...noon,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  }
}

describe('the offsets of time zones', () => {
  it('are those of zoneinfo on the first day that a datetime can have', () => {
    const first = { ...noon, year: 1, month: 1, day: 1, hour: 0 }
    const zones = new ZoneOffsets()
    // datetime(1, 1, 1, tzinfo=ZoneInfo(…)).utcoffset(): local mean time
    expect(zones.offsetAt('America/New_York', first)).toBe(-(4 * 3600 + 56 * 60 + 2))
    expect(zones.offsetAt('Asia/Tokyo', first)).toBe(9 * 3600 + 18 * 60 + 59)
  })

  it('are kept for so many zones and no more, whatever payloads name', () => {
    const zones = new ZoneOffsets()
    const ask = (from: number, to: number) => {
      zones.reset()
      for (let i = from; i < to; i++) expect(zones.offsetAt(`Nowhere/${i}`, noon)).toBeUndefined()
    }
    expect(zones.offsetAt('Europe/Berlin', noon)).toBe(7200)
    ask(0, 511)
    ask(511, 1023)
    // as many as are kept: all of them are known, and cost nothing
    ask(0, 1023)
    ask(1023, 1024)
    // one more, and they were let go: making them again costs
    expect(codeThrownBy(() => ask(0, 513))).toBe('too-large')
    zones.reset()
    expect(zones.offsetAt('Europe/Berlin', noon)).toBe(7200)
  })

  it('are kept for so many days of a zone and no more, whatever payloads name', () => {
    const zones = new ZoneOffsets()
    const ask = (days: number) => {
      for (let day = 0; day < days; day++) zones.offsetAt('Etc/GMT+5', noonOf(day))
    }
    ask(19_000)
    zones.reset()
    // all are known, and cost nothing
    for (let times = 0; times < 6; times++) ask(19_000)
    // a few more, and they were let go: reading them again costs
    expect(
      codeThrownBy(() => {
        for (let times = 0; times < 6; times++) ask(21_000)
      }),
    ).toBe('too-large')
    zones.reset()
    expect(zones.offsetAt('Etc/GMT+5', noon)).toBe(-5 * 3600)
  })
})
