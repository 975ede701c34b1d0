import { type DocumentMessage, NDArray, Run, RunTracker } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { feed, listenTo } from '../../support/tracking.js'
import { files, message, openRun } from './support.js'

/** Each document as two proxies give it, the second one behind by so many. */
function byTwoProxies(messages: readonly DocumentMessage[], behind: number): DocumentMessage[] {
  const later = [...Array.from({ length: behind }, () => null), ...messages]
  return later.flatMap((second, i) => [messages[i] ?? null, second]).filter((each) => each !== null)
}

describe('a run that comes by way of two proxies', () => {
  const [start, ...rest] = makeRunDocuments({
    uid: 'a',
    events: { primary: 50, other: 3 },
  }).messages
  const messages = [start!, ...files, ...rest]

  it.each([0, 1, 3, 40, 1000])('counts once, the second %s documents behind', (behind) => {
    const tracker = new RunTracker()
    const runs = feed(tracker, byTwoProxies(messages, behind)).filter((run) => run !== null)
    expect(runs.length).toBe(messages.length)
    const [run] = runs
    expect([run?.complete, run?.documents]).toEqual([true, messages.length])
    expect(run?.events).toEqual({ primary: 50, other: 3 })
    expect(tracker.openRuns).toEqual([])
  })

  it('is told a few times, not thousands, and all is counted', () => {
    const tracker = new RunTracker()
    const said = listenTo(tracker)
    const [run] = feed(tracker, byTwoProxies(messages, 0))
    expect(said).toEqual(['opened a', 'duplicate a', 'stopped a', 'duplicate a'])
    // all but the stop, which comes again when the run is closed
    expect(run?.duplicates).toBe(messages.length - 1)
    expect(Run.fromRecord(run!.toRecord()).duplicates).toBe(messages.length - 1)
  })

  it('is told by the first document that comes again, where the start does not', () => {
    const said: string[] = []
    const tracker = new RunTracker()
    tracker.on('duplicate', ({ name }) => said.push(name))
    feed(tracker, [start!, ...rest.slice(0, 9), ...rest.slice(0, 9)])
    expect(said).toEqual(['descriptor'])
  })

  it('fills with the one what the other lost', () => {
    const tracker = new RunTracker()
    const lossy = (keep: (i: number) => boolean) =>
      messages.map((each, i) => (keep(i) ? each : null))
    const [one, other] = [lossy((i) => i % 3 !== 0), lossy((i) => i % 3 !== 1)]
    const both = one.flatMap((each, i) => [each, other[i]!]).filter((each) => each !== null)
    const run = feed(tracker, both).find((each) => each !== null)
    expect([run?.complete, run?.documents]).toEqual([true, messages.length])
  })
})

describe('an event that comes again', () => {
  it('is left out by its uid, and one that was taken anew is not', () => {
    const { tracker, run, event, take } = openRun()
    feed(tracker, [event(1), event(2), event(3)])
    const anew = event(2, 'anew', 10)
    expect(take(anew)).toBe(anew.doc)
    expect([run.events, run.documents]).toEqual([{ primary: 3 }, 6])
    // the second proxy is behind: both of them come once more, in any order
    expect([event(2), anew, event(3), anew, event(2)].map(take)).toEqual(Array(5).fill(null))
    expect([run.duplicates, run.documents]).toEqual([5, 6])
  })

  it('is left out where its uid says no more than its number, as catch-up makes it', () => {
    const { tracker, event, take, descriptor } = openRun()
    feed(tracker, [event(1), event(3)])
    const made = (seqNum: number): DocumentMessage => event(seqNum, `${descriptor}/${seqNum}`)
    expect(take(made(1))).toBe(null)
    expect(take(made(2))).not.toBe(null)
    expect([take(made(2)), take(event(3))]).toEqual([null, null])
  })

  it('is told by its time where it is longer ago than uids are remembered', () => {
    const { tracker, run, event, take } = openRun()
    const count = 40_000
    for (let n = 1; n <= count; n += 1) tracker.add(event(n))
    // delivered once more from the beginning
    for (let n = 1; n <= count; n += 1) tracker.add(event(n))
    expect([run.documents, run.duplicates]).toEqual([count + 2, count])
    expect(take(event(7, 'anew', count + 1))).not.toBe(null)
    expect(take(event(8, 'older', 8.5))).toBe(null)
    // without a time nothing says that it was taken anew
    expect(take(message('event', { ...event(9, 'timeless').doc, time: undefined }))).toBe(null)
    expect(run.events).toEqual({ primary: count })
  })

  it('is new where it fills a hole, however late', () => {
    const { tracker, run, event, take } = openRun()
    for (let n = 2; n <= 20_000; n += 1) tracker.add(event(n))
    expect(take(event(1))).not.toBe(null)
    expect(run.events).toEqual({ primary: 20_000 })
  })

  it('is new though the files of its number came before it', () => {
    const { tracker, event, take, descriptor } = openRun()
    const seq_nums = { start: 1, stop: 4 }
    const datum = (uid: string): DocumentMessage =>
      message('stream_datum', { uid, stream_resource: 's', descriptor, seq_nums })
    const other = datum('s/1')
    expect(take(datum('s/0'))).not.toBe(null)
    // of another detector, or taken anew
    expect(take(other)).toBe(other.doc)
    expect([take(datum('s/0')), take(other)]).toEqual([null, null])
    const times = [event(1, 'e-1', 5), event(2, 'e-2', 5), event(3, 'e-3', 5)]
    expect(times.map(take)).toEqual(times.map(({ doc }) => doc))
    expect(tracker.openRuns[0]?.events).toEqual({ primary: 3 })
  })

  it('is left out where it has no uid, and delivered where it has no number', () => {
    const { descriptor, take } = openRun()
    const unnamed = message('event', { descriptor, seq_num: 1 })
    const unnumbered = message('event', { descriptor, uid: 'e' })
    expect([unnamed, unnamed].map(take)).toEqual([unnamed.doc, null])
    expect([unnumbered, unnumbered].map(take)).toEqual([unnumbered.doc, unnumbered.doc])
  })

  it('is delivered where an earlier life of the program had it', () => {
    const { tracker, event } = openRun()
    feed(tracker, [event(1), event(2)])
    const after = new RunTracker()
    after.restore(Run.fromRecord(tracker.openRuns[0]!.toRecord()))
    const taken = [event(1), event(2), event(1)].map((each) => after.take(each).message !== null)
    expect([taken, after.openRuns[0]?.events]).toEqual([[true, true, false], { primary: 2 }])
  })
})

describe('a page that comes again', () => {
  const page = (descriptor: string, ...seq_num: number[]): DocumentMessage =>
    message('event_page', {
      descriptor,
      seq_num,
      uid: seq_num.map((n) => `e-${n}`),
      time: seq_num,
      data: { det: seq_num.map((n) => n * 10), __proto__: null },
      timestamps: { det: seq_num },
      filled: {},
    })

  it('is left out whole, or as far as it came before', () => {
    const { run, event, take, descriptor } = openRun()
    const first = page(descriptor, 1, 2, 3)
    expect(take(first)).toBe(first.doc)
    expect(take(first)).toBe(null)
    expect(take(page(descriptor, 2, 3, 4, 5))).toEqual(page(descriptor, 4, 5).doc)
    expect(take(page(descriptor, 6, 1, 7))).toEqual(page(descriptor, 6, 7).doc)
    expect([event(1), event(7)].map(take)).toEqual([null, null])
    expect([run.events, run.documents, run.duplicates]).toEqual([{ primary: 7 }, 5, 5])
  })

  it('is left out with its arrays', () => {
    const { event, take, descriptor } = openRun()
    take(event(2))
    const images = Float64Array.of(1, 1, 2, 2, 3, 3)
    const doc = {
      descriptor,
      seq_num: new NDArray('<i8', [3], BigInt64Array.of(1n, 2n, 3n)),
      uid: ['e-1', 'e-2', 'e-3'],
      time: [1, 2, 3],
      data: { image: new NDArray('<f8', [3, 2], images), short: [1], text: 'x' },
      timestamps: new Map<unknown, unknown>([[5, [1, 2, 3]]]),
    }
    expect(take(message('event_page', doc))).toEqual({
      descriptor,
      seq_num: [1, 3],
      uid: ['e-1', 'e-3'],
      time: [1, 3],
      data: {
        image: [
          new NDArray('<f8', [2], Float64Array.of(1, 1)),
          new NDArray('<f8', [2], Float64Array.of(3, 3)),
        ],
        short: [1],
        text: 'x',
      },
      timestamps: new Map([[5, [1, 3]]]),
    })
  })

  it('is delivered where its numbers can not be read', () => {
    const { take, descriptor } = openRun()
    for (const seq_num of [undefined, 'x', [], [null]]) {
      const odd = message('event_page', { descriptor, seq_num, uid: 5 })
      expect([odd, odd].map(take)).toEqual([odd.doc, odd.doc])
    }
  })

  it('is cut in bulk too', () => {
    const { event, take, descriptor } = openRun()
    take(event(1))
    const bulk = (...seqNums: number[]): DocumentMessage =>
      message('bulk_events', { [descriptor]: seqNums.map((n) => event(n).doc) })
    expect(take(bulk(1, 2))).toEqual(bulk(2).doc)
    expect(take(bulk(1, 2))).toBe(null)
  })
})

describe('a datum that comes again', () => {
  it('is left out by its id, alone, in a page or in bulk', () => {
    const { take } = openRun()
    take(files[0]!)
    const page = (...datum_id: string[]): DocumentMessage =>
      message('datum_page', { resource: 'r', datum_id, datum_kwargs: { point: [...datum_id] } })
    const bulk = (...datum_ids: string[]): DocumentMessage =>
      message('bulk_datum', {
        resource: 'r',
        datum_ids,
        datum_kwarg_list: datum_ids.map(() => ({})),
      })
    expect([files[1]!, files[1]!].map(take)).toEqual([files[1]!.doc, null])
    expect(take(page('r/0', 'r/1', 'r/2'))).toEqual(page('r/1', 'r/2').doc)
    expect(take(bulk('r/2', 'r/3', 'r/1', 'r/4'))).toEqual(bulk('r/3', 'r/4').doc)
    expect([page('r/0', 'r/4'), bulk('r/1')].map(take)).toEqual([null, null])
  })

  it('is known among the latest 5,000, and beyond them delivered again', () => {
    const { take } = openRun()
    take(files[0]!)
    const datum = (n: number): DocumentMessage =>
      message('datum', { datum_id: `r/${n}`, resource: 'r', datum_kwargs: {} })
    for (let n = 0; n < 20_000; n += 1) take(datum(n))
    expect(take(datum(15_000))).toBe(null)
    expect(take(datum(0))).not.toBe(null)
  })
})
