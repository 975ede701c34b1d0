import { describe, expect, it } from 'vitest'

import {
  type DocumentIssue,
  missingRoutingField,
  validateDocument,
} from '../../../packages/core/src/documents/validate/validate-document.js'
import type { DocumentName } from '../../../packages/core/src/documents/messages.js'
import { NDArray } from '../../../packages/core/src/documents/values/ndarray.js'

const stop = { uid: 's', run_start: 'a', time: 1.5, exit_status: 'success' }
const descriptor = { uid: 'd', run_start: 'a', time: 1.5, data_keys: {} }
const page = { uid: ['e'], descriptor: 'd', seq_num: [1], time: [1.5], data: {}, timestamps: {} }

function issuesOf(name: DocumentName, doc: unknown): readonly DocumentIssue[] {
  const result = validateDocument(name, doc)
  return result.valid ? [] : result.issues
}

const textOf = (name: DocumentName, doc: unknown) =>
  issuesOf(name, doc).map(({ path, message }) => `${path} ${message}`)

describe('the issues of validateDocument', () => {
  it('are all there, each with its path, message and keyword', () => {
    expect(issuesOf('stop', { ...stop, uid: undefined, time: 'noon', exit_status: 'ok' })).toEqual([
      { path: '$.uid', message: 'is missing', keyword: 'required' },
      {
        path: '$.exit_status',
        message: 'must be one of success, abort, fail',
        keyword: 'enum',
      },
      { path: '$.time', message: 'must be number', keyword: 'type' },
    ])
  })

  it('point into lists with an index and at unusual keys with quotes', () => {
    const data_keys = {
      det: { source: 's', dtype: 'array', shape: [1.5] },
      'motor-1 "x"\n': { source: 's', dtype: 'array', shape: [] as unknown, 0: 1 },
    }
    data_keys['motor-1 "x"\n'].shape = { 0: 1 }
    expect(textOf('descriptor', { ...descriptor, data_keys })).toEqual([
      '$.data_keys.det.shape[0] must be integer or null',
      '$.data_keys["motor-1 \\"x\\"\\n"].shape must be array',
    ])
  })

  it('say which character a key of the metadata must not have', () => {
    const doc = { uid: 'a', time: 1, 'a.b': 1, sample: 'x', nested: { 'c/d': 1, '': 2, '~1': 3 } }
    expect(textOf('start', doc)).toEqual([
      '$["a.b"] is not allowed: a key must not contain "."',
      '$.nested["c/d"] is not allowed: a key must not contain "/"',
      '$.nested[""] is not allowed: a key must not be empty',
    ])
  })

  it('say what is wrong inside an alternative, and what else would do', () => {
    const limits = { control: { low: 'x', high: 1 } }
    const data_keys = { det: { source: 's', dtype: 'number', shape: [], limits } }
    expect(textOf('descriptor', { ...descriptor, data_keys })).toEqual([
      '$.data_keys.det.limits.control.low must be number or null',
      '$.data_keys.det.limits.control must be null or of another allowed form',
    ])
  })

  it('name a key that the document has no place for', () => {
    const datum = { datum_id: 'r/0', resource: 'r', datum_kwargs: {}, extra: 1 }
    expect(textOf('datum', datum)).toEqual(['$.extra is not allowed here'])
    expect(textOf('event_page', { ...page, extra: 1 })).toEqual(['$.extra is not allowed here'])
  })

  it('are one for what is no dict at all', () => {
    for (const doc of [null, undefined, 3, 'x', [], new NDArray('<f8', [0], new Float64Array())]) {
      expect(textOf('stop', doc)).toEqual(['$ must be object'])
    }
  })

  it('end at a thousand, so that a short frame cannot fill the memory', () => {
    const events = Array.from({ length: 200_000 }, () => ({}))
    expect(issuesOf('bulk_events', { d: events })).toHaveLength(1000)
    expect(issuesOf('bulk_events', { d: events, e: events })).toHaveLength(1000)
  })

  it('are those of the document at hand, not of the one before', () => {
    expect(textOf('stop', {})).toHaveLength(4)
    expect(validateDocument('stop', stop)).toEqual({ valid: true })
    expect(textOf('stop', { ...stop, uid: 1 })).toEqual(['$.uid must be string'])
  })
})

describe('decoded values in validateDocument', () => {
  it('count an NDArray as an array and look at its elements', () => {
    const arrays = {
      ...page,
      seq_num: new NDArray('<i8', [2], BigInt64Array.of(1n, 2n)),
      time: new NDArray('<f8', [2], Float64Array.of(1.5, NaN)),
      data: { image: new NDArray('|u1', [2, 1, 1], Uint8Array.of(1, 2)) },
    }
    expect(validateDocument('event_page', arrays)).toEqual({ valid: true })
    const time = new NDArray('|O', [2], [1.5, 'noon'])
    expect(textOf('event_page', { ...page, time })).toEqual(['$.time[1] must be number'])
    const seq_num = new NDArray('<f8', [2, 1], Float64Array.of(1, 2))
    expect(textOf('event_page', { ...page, seq_num })).toEqual([
      '$.seq_num[0] must be integer',
      '$.seq_num[1] must be integer',
    ])
  })

  it('count a bigint as an integer, and NaN as a number but not as an integer', () => {
    const start = { uid: 'a', time: NaN, scan_id: 2n ** 70n }
    expect(validateDocument('start', start)).toEqual({ valid: true })
    expect(textOf('start', { ...start, scan_id: NaN })).toEqual(['$.scan_id must be integer'])
  })

  it('do not count an object of a class as a dict, but an object without prototype', () => {
    const data = Object.assign(Object.create(null) as object, { det: new Date(0) })
    const event = { uid: 'e', descriptor: 'd', seq_num: 1, time: 1, data, timestamps: {} }
    expect(validateDocument('event', event)).toEqual({ valid: true })
    expect(textOf('event', { ...event, data: new Date(0) })).toEqual(['$.data must be object'])
    expect(textOf('event', { ...event, data: Uint8Array.of(1) })).toEqual(['$.data must be object'])
  })

  it('are not read through in a part that may be anything', () => {
    const untouchable = new Proxy(new NDArray('<f8', [1], Float64Array.of(1)), {
      get: () => expect.fail('an element was read'),
    })
    const event = { uid: 'e', descriptor: 'd', seq_num: 1, time: 1, timestamps: {} }
    expect(validateDocument('event', { ...event, data: { untouchable } })).toEqual({ valid: true })
  })
})

describe('missingRoutingField', () => {
  const needed: Record<DocumentName, readonly string[]> = {
    start: ['uid'],
    descriptor: ['uid', 'run_start'],
    event: ['descriptor', 'seq_num'],
    event_page: ['descriptor', 'seq_num'],
    resource: ['uid'],
    datum: ['resource'],
    datum_page: ['resource'],
    stream_resource: ['uid'],
    stream_datum: ['stream_resource', 'descriptor'],
    stop: ['run_start'],
    bulk_events: [],
    bulk_datum: [],
  }
  const values = { uid: 'u', run_start: 'a', descriptor: 'd', resource: 'r', stream_resource: 's' }

  it.each(Object.entries(needed))(
    'names each field without which a %s has no run',
    (kind, fields) => {
      const name = kind as DocumentName
      const whole: Record<string, unknown> = { ...values, seq_num: name === 'event' ? 1 : [1] }
      expect(missingRoutingField(name, whole)).toBeNull()
      for (const field of fields) {
        const { [field]: _removed, ...rest } = whole
        expect(missingRoutingField(name, rest)).toBe(field)
        expect(missingRoutingField(name, { ...whole, [field]: null })).toBe(field)
        expect(missingRoutingField(name, { ...whole, [field]: true })).toBe(field)
      }
    },
  )

  it('takes a bigint and an NDArray for a seq_num', () => {
    expect(missingRoutingField('event', { descriptor: 'd', seq_num: 1n })).toBeNull()
    const seq_num = new NDArray('<i8', [1], BigInt64Array.of(1n))
    expect(missingRoutingField('event_page', { descriptor: 'd', seq_num })).toBeNull()
  })

  it('does not take an inherited key for a field', () => {
    const doc: unknown = JSON.parse('{"__proto__": {"uid": "u"}}')
    expect(missingRoutingField('start', doc)).toBe('uid')
  })

  it('is $ where the document is no plain object', () => {
    for (const doc of [null, [], 'x', new Map([[1, 2]]), new Date(0), undefined]) {
      expect(missingRoutingField('bulk_events', doc)).toBe('$')
    }
  })
})
