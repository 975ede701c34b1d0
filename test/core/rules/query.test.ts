import { compileQuery, NDArray, PyDateTime, type Query, Run } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { runOf } from '../../support/runs.js'

/** Whether a query matches a run with such metadata, which has stopped. */
function matches(when: Query, metadata: Record<string, unknown>): boolean | null {
  return compileQuery(when)(runOf(makeRunDocuments({ metadata }).messages)).matched
}

const metadata = {
  plan_name: 'reflection_scan',
  scan_id: 42,
  detectors: ['det', 'noisy'],
  sample: {
    name: 'Si',
    thickness: 5.5,
    layers: [
      { mat: 'Au', nm: 5 },
      { mat: 'Ti', nm: 2 },
    ],
  },
  'sample.id': 'S-17',
  none: null,
  big: 2n ** 60n,
  shape: [1, 2, 3],
}

describe('a query', () => {
  it.each<[Query, boolean]>([
    [{ plan_name: 'reflection_scan' }, true],
    [{ plan_name: 'count' }, false],
    [{ plan_name: { $eq: 'reflection_scan' } }, true],
    [{ plan_name: { $ne: 'count' } }, true],
    [{ absent: { $ne: 'count' } }, true],
    [{ scan_id: { $gt: 41, $lt: 43 } }, true],
    [{ scan_id: { $gt: 42 } }, false],
    [{ scan_id: { $gte: 42, $lte: 42 } }, true],
    [{ scan_id: { $gt: '41' } }, false],
    [{ plan_name: { $gt: 'r' } }, true],
    [{ scan_id: { $in: [1, 42] } }, true],
    [{ scan_id: { $in: [] } }, false],
    [{ scan_id: { $nin: [1, 42] } }, false],
    [{ absent: { $nin: [1] } }, true],
    [{ scan_id: { $mod: [5, 2] } }, true],
    [{ scan_id: { $mod: [0, 2] } }, false],
    [{ none: { $exists: true } }, true],
    [{ none: null }, true],
    [{ absent: null }, true],
    [{ absent: { $exists: false } }, true],
    [{ absent: { $exists: true } }, false],
    [{ detectors: { $all: ['noisy', 'det'] } }, true],
    [{ detectors: { $all: ['noisy', 'motor'] } }, false],
    [{ detectors: { $size: 2 } }, true],
    [{ detectors: 'det' }, true],
    [{ detectors: ['det', 'noisy'] }, true],
    [{ detectors: ['noisy', 'det'] }, false],
    [{ 'detectors.1': 'noisy' }, true],
    [{ shape: { $gt: 2 } }, true],
    [{ plan_name: { $regex: '^refl' } }, true],
    [{ plan_name: { $regex: '^REFL', $options: 'i' } }, true],
    [{ plan_name: { $regex: '^REFL' } }, false],
    [{ scan_id: { $regex: '42' } }, false],
    [{ plan_name: { $not: { $regex: '^count' } } }, true],
    [{ scan_id: { $not: { $gt: 41 } } }, false],
    [{ 'sample.layers': { $elemMatch: { mat: 'Au', nm: { $gt: 4 } } } }, true],
    [{ 'sample.layers': { $elemMatch: { mat: 'Ti', nm: { $gt: 4 } } } }, false],
    [{ 'sample.layers.mat': 'Ti' }, true],
    [{ 'sample.layers': { $elemMatch: { $or: [{ nm: 2 }, { nm: 3 }] } } }, true],
    [{ $and: [{ plan_name: 'reflection_scan' }, { scan_id: 42 }] }, true],
    [{ $and: [{ plan_name: 'reflection_scan' }, { scan_id: 1 }] }, false],
    [{ $or: [{ plan_name: 'count' }, { scan_id: 42 }] }, true],
    [{ $or: [{ plan_name: 'count' }, { scan_id: 1 }] }, false],
    [{ $nor: [{ plan_name: 'count' }, { scan_id: 1 }] }, true],
    [{ $nor: [{ plan_name: 'count' }, { scan_id: 42 }] }, false],
    [{ $or: [{ plan_name: 'count', scan_id: 42 }, { scan_id: 1 }] }, false],
    [{ plan_name: 'reflection_scan', scan_id: 1 }, false],
    [{ 'sample.thickness': { $gt: 5 } }, true],
    [{ sample: { name: 'Si' } }, false],
    [{ sample: { $mod: [5, 2] } }, false],
    [{ sample: { $gt: 5 } }, false],
    [{ sample: { $gt: {} } }, false],
    [{ none: { $gte: null } }, true],
    [{ 'sample.layers': { $mod: [5, 2] } }, false],
    [{}, true],
  ])('%j on the metadata is %s', (when, expected) => {
    expect(matches(when, metadata)).toBe(expected)
  })

  it('finds a key that itself contains dots, unless the path leads somewhere', () => {
    expect(matches({ 'sample.id': 'S-17' }, metadata)).toBe(true)
    expect(matches({ 'sample.id': { $exists: true } }, metadata)).toBe(true)
    expect(matches({ 'sample.id': { $ne: 'S-17' } }, metadata)).toBe(false)
    const both = { a: { b: 1 }, 'a.b': 2 }
    expect(matches({ 'a.b': 1 }, both)).toBe(true)
    expect(matches({ 'a.b': 2 }, both)).toBe(false)
  })

  it('compares big integers, arrays, dates and dicts by what they are', () => {
    expect(matches({ big: 2 ** 60 }, metadata)).toBe(true)
    expect(matches({ big: { $gt: 2 ** 53 } }, metadata)).toBe(true)
    expect(matches({ big: 2n ** 60n }, metadata)).toBe(true)
    const odd = {
      array: new NDArray('<i8', [2], BigInt64Array.of(1n, 2n)),
      bare: new NDArray('<f8', [], Float64Array.of(7)),
      when: PyDateTime.fromIsoformat('2026-01-02T03:04:05'),
      map: new Map<unknown, unknown>([
        ['a', new Map([['b', 3]])],
        [1, 2],
      ]),
    }
    expect(matches({ array: 2 }, odd)).toBe(true)
    expect(matches({ array: [1, 2] }, odd)).toBe(true)
    expect(matches({ bare: 7 }, odd)).toBe(true)
    expect(matches({ when: { $gt: '2026-01-01' } }, odd)).toBe(true)
    expect(matches({ 'map.a.b': 3 }, odd)).toBe(true)
  })

  it('looks at no array that is too large, and at no more of a text than it may', () => {
    const image = new NDArray('<f8', [20_000], new Float64Array(20_000))
    expect(matches({ image: 0 }, { image })).toBe(false)
    expect(matches({ image: { $exists: true } }, { image })).toBe(true)
    const wrong = new NDArray('<f8', [3], Float64Array.of(0))
    expect(matches({ wrong: 0 }, { wrong })).toBe(false)
    const long = `${'a'.repeat(10_000)}b`
    expect(matches({ long: { $regex: 'a' } }, { long })).toBe(true)
    expect(matches({ long: { $regex: 'b' } }, { long })).toBe(false)
  })

  it('is not led astray by names of JavaScript in the metadata', () => {
    const hostile = JSON.parse(
      '{"__proto__": {"admin": true}, "constructor": 1, "toString": 2, "hasOwnProperty": 3, "toJSON": 4, "length": 5}',
    ) as Record<string, unknown>
    expect(matches({ admin: true }, hostile)).toBe(false)
    expect(matches({ admin: { $exists: true } }, hostile)).toBe(false)
    expect(matches({ toString: 2, hasOwnProperty: 3, length: 5 }, hostile)).toBe(true)
    expect(matches({ toString: { $exists: true } }, {})).toBe(false)
    expect(matches({ valueOf: null }, {})).toBe(true)
    expect(matches({ 'plan_name.length': { $exists: true } }, {})).toBe(false)
    expect(matches({ 'plan_name.length': 5 }, {})).toBe(false)
    expect(matches({ 'shape.length': 3 }, metadata)).toBe(false)
    expect(({} as { admin?: boolean }).admin).toBe(undefined)
  })

  it('may be made of objects without a prototype, as parsers of YAML make them', () => {
    const bare = (entries: object): Query =>
      Object.assign(Object.create(null) as object, entries) as Query
    const when = bare({ scan_id: bare({ $not: bare({ $gt: 50 }) }) })
    expect(matches(when, metadata)).toBe(true)
    expect(matches(bare({ sample: bare({ name: 'Si' }) }), { sample: { name: 'Si' } })).toBe(true)
  })

  it('tells the parts of a run apart by their prefixes', () => {
    const start = { stop: { x: 1 }, run: { complete: 'no' }, exit_status: 'metadata', start: 3 }
    expect(matches({ 'stop.exit_status': 'success' }, start)).toBe(true)
    expect(matches({ exit_status: 'metadata' }, start)).toBe(true)
    expect(matches({ 'start.exit_status': 'metadata' }, start)).toBe(true)
    expect(matches({ 'start.stop.x': 1 }, start)).toBe(true)
    expect(matches({ 'stop.x': { $exists: true } }, start)).toBe(false)
    expect(matches({ 'start.run.complete': 'no' }, start)).toBe(true)
    expect(matches({ 'run.complete': true }, start)).toBe(true)
    expect(matches({ 'start.start': 3 }, start)).toBe(true)
    expect(matches({ start: 3 }, start)).toBe(true)
  })

  it('reaches what was counted', () => {
    const run = runOf(makeRunDocuments({ events: { primary: 3, baseline: 2 } }).messages)
    const found = (when: Query): boolean | null => compileQuery(when)(run).matched
    expect(found({ 'run.documents': 9 })).toBe(true)
    expect(found({ 'run.events.primary': { $gte: 3 } })).toBe(true)
    expect(found({ 'run.streams': 'baseline' })).toBe(true)
    expect(found({ 'run.gaps': 0 })).toBe(true)
    expect(found({ 'run.duration': { $gt: 0.5, $lt: 2 } })).toBe(true)
    expect(found({ 'run.uid': run.uid })).toBe(true)
  })

  it('reaches what was lost', () => {
    const { messages, start } = makeRunDocuments({ events: { primary: 3 } })
    const kept = messages.filter(({ doc }) => (doc as { seq_num?: number }).seq_num !== 2)
    const run = runOf([kept[1]!, { name: 'start', doc: start }, ...kept.slice(2)])
    run.noteDuplicate()
    run.noteInterruption()
    const found = (when: Query): boolean | null => compileQuery(when)(run).matched
    for (const key of ['gaps', 'miscounts', 'duplicates', 'interruptions']) {
      expect([key, found({ [`run.${key}`]: 1 })]).toEqual([key, true])
    }
    expect(found({ 'run.joined': true, 'run.complete': false })).toBe(true)
  })
})

describe('a query before the stop', () => {
  const open = runOf(makeRunDocuments({ metadata }).messages.slice(0, -1))
  const verdict = (when: Query, run = open): boolean | null => compileQuery(when)(run).matched
  const no: Query = { plan_name: 'count' }
  const yes: Query = { plan_name: 'reflection_scan' }
  const unknown: Query = { 'stop.exit_status': 'success' }

  it.each<[Query, boolean | null]>([
    [yes, true],
    [no, false],
    [unknown, null],
    [{ 'run.complete': true }, null],
    [{ 'run.documents': { $gt: 0 } }, null],
    [{ 'stop.reason': { $exists: false } }, null],
    [{ ...yes, ...unknown }, null],
    [{ ...no, ...unknown }, false],
    [{ $or: [yes, unknown] }, true],
    [{ $or: [no, unknown] }, null],
    [{ $and: [no, unknown] }, false],
    [{ $and: [yes, unknown] }, null],
    [{ $nor: [yes, unknown] }, false],
    [{ $nor: [no, unknown] }, null],
    [{ $or: [{ $and: [yes, unknown] }, no] }, null],
    [{ $nor: [{ $or: [no, { $nor: [no] }] }] }, false],
  ])('%j is %s', (when, expected) => {
    expect(verdict(when)).toBe(expected)
  })

  it('is not yet known either where the start itself is missing', () => {
    expect(verdict(yes, new Run('a'))).toBe(null)
  })
})
