import { NDArray } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { openRun, runOf, stopOf } from '../../support/runs.js'

describe('the events of a run', () => {
  it('count once, though a plan that rewinds emits them again', () => {
    const { run, see } = openRun()
    see(1, 2, 3, 2, 3, 3, 4, 2)
    run.add(stopOf({ primary: 4 }))
    expect([run.events, run.gaps, run.complete]).toEqual([{ primary: 4 }, [], true])
  })

  it('may come in any order', () => {
    const { run, see } = openRun()
    see(5, 1, 4, 2)
    expect(run.gaps).toEqual([{ stream: 'primary', from: 3, to: 3 }])
    see(3)
    expect([run.events, run.gaps]).toEqual([{ primary: 5 }, []])
  })

  it('that are missing are told once, when it is first seen, and not for what comes late', () => {
    const { run, descriptor } = openRun()
    const page = (...seq_num: number[]): unknown =>
      run.add({ name: 'event_page', doc: { descriptor, seq_num } } as never)
    const gap = (from: number, to: number): unknown => ({ stream: 'primary', from, to })
    expect(page(5)).toEqual([gap(1, 4)])
    expect(page(2, 5, 3)).toEqual([])
    expect(page(6, 8, 12)).toEqual([gap(7, 7), gap(9, 11)])
    const bulk = { [descriptor]: [{ seq_num: 14 }], other: [{ seq_num: 2 }] }
    expect(run.add({ name: 'bulk_events', doc: bulk } as never)).toEqual([
      gap(13, 13),
      { stream: 'other', from: 1, to: 1 },
    ])
    const seq_nums = { start: 20, stop: 22 }
    const datum = { name: 'stream_datum', doc: { descriptor, stream_resource: 's', seq_nums } }
    expect(run.add(datum as never)).toEqual([gap(15, 19)])
  })

  it('that are missing are told by where they are', () => {
    const { run, see } = openRun()
    see(3, 4, 8)
    expect(run.gaps).toEqual([
      { stream: 'primary', from: 1, to: 2 },
      { stream: 'primary', from: 5, to: 7 },
    ])
    run.add(stopOf({ primary: 10 }))
    expect(run.gaps.at(-1)).toEqual({ stream: 'primary', from: 9, to: 10 })
  })

  it('of a stream that never came are missing too', () => {
    const { run, see } = openRun()
    see(1)
    run.add(stopOf({ primary: 1, baseline: 2 }))
    expect(run.miscounts).toEqual([{ stream: 'baseline', expected: 2, received: 0 }])
    expect(run.gaps).toEqual([{ stream: 'baseline', from: 1, to: 2 }])
    expect(run.complete).toBe(false)
  })

  it('may be more than the stop says, which is not complete either', () => {
    const { run, see } = openRun()
    see(1, 2)
    run.add(stopOf({ primary: 1 }))
    expect([run.gaps, run.complete]).toEqual([[], false])
    expect(run.miscounts).toEqual([{ stream: 'primary', expected: 1, received: 2 }])
  })

  it.each([
    ['nothing', undefined, true],
    ['null', null, true],
    ['an empty dict', {}, true],
    ['a big integer', { primary: 2n }, true],
    ['no number', { primary: 'two' }, false],
    ['a text', 'two', false],
  ])('agree with num_events where that is %s: %s %s', (_, num_events, complete) => {
    const { run, see } = openRun()
    see(1, 2)
    run.add(stopOf(num_events))
    expect([run.complete, run.miscounts.length === 0]).toEqual([complete, complete])
  })

  it('come in pages too, also in pages of arrays', () => {
    const { run, descriptor } = openRun()
    const page = (seq_num: unknown): void => {
      run.add({ name: 'event_page', doc: { descriptor, seq_num } } as never)
    }
    page([1, 2, 3])
    page(new NDArray('<i8', [2], BigInt64Array.of(4n, 5n)))
    page([])
    page([7n])
    // whatever its shape says
    page(new NDArray('<i8', [9], BigInt64Array.of(5n)))
    expect(run.events).toEqual({ primary: 6 })
    expect(run.gaps).toEqual([{ stream: 'primary', from: 6, to: 6 }])
  })

  it('come in bulk too, whatever else is in there', () => {
    const { run, descriptor } = openRun()
    const doc = { [descriptor]: [{ seq_num: 1 }, { seq_num: 2 }, null, {}], other: 5 }
    run.add({ name: 'bulk_events', doc } as never)
    run.add({ name: 'bulk_events', doc: { [descriptor]: null } } as never)
    expect(run.events).toEqual({ primary: 2 })
  })

  it('come as ranges of files too, from every detector', () => {
    const { run, descriptor } = openRun()
    const range = (start: unknown, stop: unknown): void => {
      run.add({ name: 'stream_datum', doc: { descriptor, seq_nums: { start, stop } } } as never)
    }
    range(1, 4)
    range(1, 6)
    range(2, 3)
    range(8, 10)
    range(9, 9)
    range(5, 2)
    run.add({ name: 'stream_datum', doc: { descriptor } } as never)
    expect(run.events).toEqual({ primary: 7 })
    expect(run.gaps).toEqual([{ stream: 'primary', from: 6, to: 7 }])
  })

  it('with a seq_num that is none do not count', () => {
    const { run, see } = openRun()
    see(1, NaN, Infinity, 1.5, '2', null, undefined, 2n ** 70n, 2)
    expect([run.events, run.gaps]).toEqual([{ primary: 2 }, []])
  })

  it('of a stream that has two descriptors are one count', () => {
    const { run, see } = openRun()
    const [, again] = makeRunDocuments({ events: { primary: 0 } }).messages
    see(1, 2)
    run.add(again!)
    const { uid } = again!.doc as { uid: string }
    run.add({ name: 'event', doc: { descriptor: uid, seq_num: 3 } } as never)
    expect([run.events, run.descriptors.length]).toEqual([{ primary: 3 }, 2])
  })

  it('of streams with strange names are counted', () => {
    const names = ['__proto__', 'constructor', 'toString', '']
    for (const name of names) {
      const run = runOf(makeRunDocuments({ events: Object.fromEntries([[name, 2]]) }).messages)
      expect(Object.entries(run.events)).toEqual([[name, 2]])
      expect(run.complete).toBe(true)
    }
  })

  it('take the same memory however many holes they have', () => {
    const { run, see } = openRun()
    for (let n = 1; n <= 10_000; n += 1) see(2 * n)
    expect(run.events).toEqual({ primary: 10_000 })
    expect(run.gaps.length).toBeLessThanOrEqual(1001)
    expect(run.complete).toBe(false)
  })
})
