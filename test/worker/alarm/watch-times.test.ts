import { parseConfig } from '@prompt-papermill/worker'
import { describe, expect, it } from 'vitest'

import { watchedSince } from '../../../packages/worker/src/alarm/watch-times.ts'

/** Since when silence counts, by the clock on the wall: `Tue 08:00`. */
function since(alarm: string, now: string): string | null {
  const config = parseConfig(`templates: t\nresults: r\nalarm: ${alarm}\n`, '/tmp/worker.yml')
  const found = watchedSince(config.alarm!, new Date(now))
  if (!found) return null
  return `${found.toDateString().slice(0, 3)} ${found.toTimeString().slice(0, 5)}`
}

// 2026-11-23 is a Monday
describe('the times at which silence counts', () => {
  it('are always, unless the config says otherwise', () => {
    // since long before: the silence itself decides
    expect(since('{ silence: 30m }', '2026-11-23T03:00')).toBe('Sat 00:00')
    expect(since('{ silence: 30d }', '2026-11-23T03:00')).not.toBe(null)
  })

  it('are those of the day, and begin anew each morning', () => {
    const alarm = '{ silence: 30m, from: "08:00", to: "20:00" }'
    expect(since(alarm, '2026-11-23T07:59')).toBe(null)
    expect(since(alarm, '2026-11-23T08:10')).toBe('Mon 08:00')
    expect(since(alarm, '2026-11-23T19:59')).toBe('Mon 08:00')
    expect(since(alarm, '2026-11-23T20:01')).toBe(null)
  })

  it('leave out the days that are not named', () => {
    const alarm = '{ silence: 30m, days: [mon, tue, wed, thu, fri], from: "08:00", to: "20:00" }'
    expect(since(alarm, '2026-11-21T12:00')).toBe(null)
    expect(since(alarm, '2026-11-23T12:00')).toBe('Mon 08:00')
    expect(since('{ silence: 2d, days: [mon, tue] }', '2026-11-24T01:00')).toBe('Mon 00:00')
    expect(since('{ silence: 2d, days: [mon, tue] }', '2026-11-25T01:00')).toBe(null)
  })

  it('may go over midnight, and belong to the day on which they begin', () => {
    const alarm = '{ silence: 30m, days: [fri], from: "22:00", to: "06:00" }'
    expect(since(alarm, '2026-11-20T21:00')).toBe(null)
    expect(since(alarm, '2026-11-21T05:00')).toBe('Fri 22:00')
    expect(since(alarm, '2026-11-20T05:00')).toBe(null)
    expect(since(alarm, '2026-11-21T06:01')).toBe(null)
  })
})
