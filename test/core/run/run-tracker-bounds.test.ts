import { type DocumentMessage, Run, RunTracker } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { collectGarbage } from '../../support/garbage.js'
import { documentsOf, feed, listenTo } from '../../support/tracking.js'

const hour = 60 * 60 * 1000
const start = (uid: string): DocumentMessage => ({ name: 'start', doc: { uid, time: 0 } })
const resource = (uid: string): DocumentMessage =>
  ({ name: 'resource', doc: { uid, run_start: 'a' } }) as never
const datum = (uid: string): DocumentMessage =>
  ({ name: 'datum', doc: { datum_id: `${uid}/0`, resource: uid, datum_kwargs: {} } }) as never

afterEach(() => void vi.useRealTimers())

describe('many open runs', () => {
  it('are told apart, 1,000 of them interleaved over one stream', () => {
    const tracker = new RunTracker()
    const said = listenTo(tracker)
    const runs = Array.from({ length: 1000 }, (_, i) =>
      makeRunDocuments({ uid: `run-${i}`, events: { primary: 3, baseline: 2 } }),
    )
    const length = runs[0]!.messages.length
    for (let at = 0; at < length; at += 1) {
      // each turn begins elsewhere, so that they pass each other
      for (let i = 0; i < runs.length; i += 1) {
        const { uid, messages } = runs[(i + 7 * at) % runs.length]!
        const [run] = feed(tracker, [messages[at]!])
        expect(run?.uid).toBe(uid)
        if (at === length - 1) expect([run?.complete, run?.documents]).toEqual([true, length])
      }
      if (at === length - 2) expect(tracker.openRuns.length).toBe(1000)
    }
    expect(new Set(said.map((event) => event.split(' ')[0]))).toEqual(
      new Set(['opened', 'stopped']),
    )
    expect(tracker.openRuns).toEqual([])
  })

  it('that never stop are bounded, were there 100,000 of them', async () => {
    const tracker = new RunTracker()
    let abandoned = 0
    tracker.on('abandoned', () => (abandoned += 1))
    const feedUntil = (from: number, to: number): void => {
      for (let i = from; i < to; i += 1) {
        const uid = `run-${i}`
        const descriptor = {
          uid: `${uid}-d`,
          run_start: uid,
          name: 'primary',
          data_keys: {},
          time: 0,
        }
        const seen = [start(uid), { name: 'descriptor', doc: descriptor } as never]
        const file = { name: 'resource', doc: { uid: `${uid}-r`, run_start: uid } } as never
        const event = { name: 'event', doc: { descriptor: descriptor.uid, seq_num: 1 } } as never
        for (const message of [...seen, file, event]) tracker.add(message)
      }
    }
    feedUntil(0, 10_000)
    const before = await heapAfterCollection()
    feedUntil(10_000, 100_000)
    const grown = (await heapAfterCollection()) - before
    expect([tracker.openRuns.length, abandoned]).toEqual([1000, 99_000])
    // 90,000 runs that were kept would be some 100 MB
    expect(grown).toBeLessThan(5e6)
  })
})

describe('a run that was given up', () => {
  it('is a run like any other when it comes once more from its beginning', () => {
    const tracker = new RunTracker({ maxOpenRuns: 1 })
    const messages = documentsOf('a')
    const [given] = feed(tracker, [messages[0]!, start('b')])
    expect(given?.abandoned).toBe('too-many')
    const [run] = feed(tracker, messages)
    expect([run?.abandoned, run?.complete]).toEqual([null, true])
  })
})

describe('one long run', () => {
  it('remembers the resources that it used last, and no more', () => {
    const tracker = new RunTracker()
    const lost: DocumentMessage[] = []
    tracker.on('unattributed', (message) => lost.push(message))
    feed(tracker, [start('a'), resource('long-lived'), resource('unused')])
    const [run] = tracker.openRuns
    for (let i = 0; i < 5000; i += 1) {
      feed(tracker, [resource(`r-${i}`), datum(`r-${i}`)])
      if (i % 500 === 0) feed(tracker, [datum('long-lived')])
    }
    expect(run?.resources.length).toBe(1000)
    expect(run?.toRecord().resources).toEqual(run?.resources)
    feed(tracker, [datum('long-lived'), datum('r-4999')])
    expect(lost).toEqual([])
    feed(tracker, [datum('unused'), datum('r-0')])
    expect(lost.length).toBe(2)
  })

  it('tells of a bounded number of holes', () => {
    const tracker = new RunTracker()
    let told = 0
    tracker.on('gap', () => (told += 1))
    const [begin, descriptor] = documentsOf('a')
    feed(tracker, [begin!, descriptor!])
    const { uid } = descriptor!.doc as { uid: string }
    for (let seq_num = 2; seq_num <= 10_000; seq_num += 2) {
      tracker.add({ name: 'event', doc: { descriptor: uid, seq_num } } as never)
    }
    expect(told).toBe(1000)
  })
})

describe('an open run of which nothing comes', () => {
  it('is given up after the time for it, and each document begins that anew', () => {
    vi.useFakeTimers()
    const tracker = new RunTracker({ maxIdle: hour })
    const said = listenTo(tracker)
    const [begin, descriptor, ...events] = documentsOf('a')
    feed(tracker, [begin!, descriptor!])
    for (const event of events.slice(0, -1)) {
      vi.advanceTimersByTime(hour - 1)
      feed(tracker, [event])
    }
    expect(said).toEqual(['opened a'])
    vi.advanceTimersByTime(hour - 1)
    expect(tracker.openRuns.length).toBe(1)
    vi.advanceTimersByTime(1)
    expect(said).toEqual(['opened a', 'abandoned a'])
  })

  it('is given up at its own time, however many others there are', () => {
    vi.useFakeTimers()
    const tracker = new RunTracker({ maxIdle: hour })
    const given: [string, number][] = []
    const began = performance.now()
    tracker.on('abandoned', ({ uid }) => given.push([uid, performance.now() - began]))
    feed(tracker, [start('a')])
    vi.advanceTimersByTime(hour / 4)
    feed(tracker, [start('b'), start('c')])
    vi.advanceTimersByTime(hour / 4)
    feed(tracker, [{ name: 'stop', doc: { uid: 's', run_start: 'c', time: 1 } } as never])
    vi.advanceTimersByTime(10 * hour)
    expect(given).toEqual([
      ['a', hour],
      ['b', 1.25 * hour],
    ])
    // and those that come when there were none for a while
    feed(tracker, [start('d')])
    vi.advanceTimersByTime(hour)
    expect(given.at(-1)).toEqual(['d', 11.5 * hour])
  })

  it('is not given up for a clock that jumps', () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const tracker = new RunTracker({ maxIdle: hour })
    const [run] = feed(tracker, [start('a')])
    vi.setSystemTime(Date.now() + 1000 * hour)
    // the timer fires, and no time has passed by the clock that nobody sets
    vi.advanceTimersByTime(hour)
    expect(tracker.openRuns).toEqual([run])
    expect(Math.abs(Date.now() - run!.lastSeenAt.getTime())).toBeLessThan(60_000)
  })

  it('counts its time from the restart, where it is known from before', () => {
    vi.useFakeTimers()
    const run = new Run('a')
    run.add(start('a'))
    vi.advanceTimersByTime(3 * hour)
    const tracker = new RunTracker({ maxIdle: hour })
    tracker.restore(Run.fromRecord(run.toRecord()))
    const said = listenTo(tracker)
    vi.advanceTimersByTime(hour - 1)
    expect(said).toEqual([])
    vi.advanceTimersByTime(1)
    expect(said).toEqual(['abandoned a'])
  })

  it.each([Infinity, 3e10])('stays, if it may for %s ms', (maxIdle) => {
    vi.useFakeTimers()
    const tracker = new RunTracker({ maxIdle })
    feed(tracker, [start('a')])
    // beyond the longest delay that a timer takes
    vi.advanceTimersByTime(2.9e10)
    expect(tracker.openRuns.length).toBe(1)
    vi.advanceTimersByTime(0.2e10)
    expect(tracker.openRuns.length).toBe(maxIdle === Infinity ? 1 : 0)
  })

  it('keeps neither the process alive, nor a tracker that nobody has', async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
    const before = timers()
    const made = (): WeakRef<RunTracker> => {
      const tracker = new RunTracker()
      feed(tracker, [start('a')])
      return new WeakRef(tracker)
    }
    const tracker = made()
    expect(timers()).toBe(before)
    await collectGarbage()
    expect(tracker.deref()).toBe(undefined)
  })

  it.each([{ maxIdle: 0 }, { maxIdle: NaN }, { maxOpenRuns: 0 }, { maxOpenRuns: 1.5 }])(
    'needs bounds that are some: %o',
    (options) => {
      expect(() => new RunTracker(options)).toThrow(/^max\w+ must be a/u)
    },
  )
})

async function heapAfterCollection(): Promise<number> {
  await collectGarbage()
  return process.memoryUsage().heapUsed
}
