import { describe, expect, it } from 'vitest'

import { makeDecoder } from '../../../packages/core/src/decode/decoders.js'
import { encodePayload } from '../../../packages/core/src/decode/encode.js'
import { Complex } from '../../../packages/core/src/documents/values/complex.js'
import {
  canonicalJson,
  fromLosslessJson,
} from '../../../packages/core/src/documents/values/lossless-json.js'
import { NDArray } from '../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../packages/core/src/documents/values/opaque-object.js'
import { PyDateTime } from '../../../packages/core/src/documents/values/py-datetime.js'
import { PyTimeDelta } from '../../../packages/core/src/documents/values/py-timedelta.js'
import { codeThrownBy } from '../../support/bytes.js'
import { runFixture } from '../../support/python-cases.js'
import { readExpected } from '../../support/vectors.js'

/** What every format has. */
const simple: Record<string, unknown> = {
  scalars: [null, true, false],
  integers: [
    0,
    1,
    -1,
    31,
    -32,
    -33,
    127,
    128,
    255,
    256,
    65535,
    65536,
    -128,
    -129,
    2 ** 31,
    -(2 ** 31),
    2 ** 53 - 1,
  ],
  'long integers': [2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 53n],
  floats: [1.5, -0.1, 1e300, 5e-324, NaN, Infinity, -Infinity, 2 ** 60],
  text: [
    '',
    'naïve ☃ 🧪',
    'x'.repeat(31),
    'x'.repeat(32),
    'x'.repeat(255),
    'x'.repeat(256),
    'é'.repeat(70_000),
  ],
  lists: [
    [],
    [[]],
    Array.from({ length: 15 }, (_, i) => i),
    Array.from({ length: 16 }, (_, i) => i),
  ],
  dicts: { '': {}, __proto: 1, constructor: { a: [] } },
  'dicts with __proto__': JSON.parse('{"__proto__": {"a": 1}}'),
  documents: readExpected('grid').map((line) => fromLosslessJson(line)),
}
const arrays: Record<string, unknown> = {
  bytes: [new Uint8Array(0), Uint8Array.of(0, 255)],
  'negative zero': -0,
  'complex numbers': [
    new Complex(1, -2),
    new Complex(-0, NaN),
    new Complex(1e-30, -Infinity),
    new Complex(Infinity, 0),
  ],
  'keys of other types': new Map<unknown, unknown>([
    [1, 'a'],
    ['b', 2],
    [Uint8Array.of(1), 3],
    [null, 4],
  ]),
  'arrays of numbers': [
    new NDArray('<u2', [2, 1], Uint16Array.of(1, 2)),
    new NDArray('>i4', [2], Int32Array.of(1, -2)),
    new NDArray('<i8', [1], BigInt64Array.of(-(2n ** 63n))),
    new NDArray('>f8', [1], Float64Array.of(1.5)),
    new NDArray('|b1', [2], Uint8Array.of(1, 0)),
    new NDArray('<f4', [0, 3], new Float32Array(0)),
    new NDArray('<c16', [1], [new Complex(1, 2)]),
    new NDArray('>c8', [1], [new Complex(1, 2)]),
  ],
  'arrays of text and bytes': [
    new NDArray('<U3', [2], ['☃🧪', '']),
    new NDArray('>U1', [1], ['a']),
    new NDArray('|S3', [2], [Uint8Array.of(97, 98), new Uint8Array(0)]),
  ],
  'arrays of objects': new NDArray('|O', [2], [{ a: 1 }, [NaN]]),
  'datetimes in UTC': PyDateTime.fromIsoformat('2026-01-02T03:04:05.000006+00:00'),
}
const python: Record<string, unknown> = {
  'very long integers': [2n ** 70n, -(2n ** 71n), 2n ** 3000n, -(2n ** 64n), 255n, -128n],
  'lone surrogates': ['\ud800', 'a\udfffb🧪'],
  'tuples as keys': new Map<unknown, unknown>([[[1, [2, 'x']], 'a']]),
  datetimes: [
    '2026-01-02T03:04:05.678901',
    '0001-01-01T00:00:00',
    '2026-01-02T03:04:05-02:30:15.000007',
    '2026-01-02',
    '03:04:05',
    '03:04:05.000006+01:00',
  ].map((text) => PyDateTime.fromIsoformat(text)),
  durations: [new PyTimeDelta(-1, 5, 6), new PyTimeDelta(999_999_999)],
  'arrays of dates': new NDArray('<M8[25s]', [1], BigInt64Array.of(5n)),
}

const raw = Uint8Array.of(97, 98)
const refusedAsBytes: [string, unknown][] = [
  ['a dict as a key', { a: [new Map([[{ toString: 1 }, 1]])] }],
  ['a structured array', { a: [new NDArray('|V5', [1], [[1, 2]])] }],
  ['an array of no dtype', { a: [new NDArray('number', [1], [1])] }],
  ['an array of float16', { a: [new NDArray('<f2', [1], [1.5])] }],
  ['an array of long doubles', { a: [new NDArray('<c32', [1], [new Complex(1, 2)])] }],
  ['an array of complex numbers with another', { a: [new NDArray('<c16', [1], [1])] }],
  ['a text longer than its dtype has room', { a: [new NDArray('<U1', [1], ['ab'])] }],
  ['an array of texts with a number', { a: [new NDArray('<U1', [1], [1])] }],
  ['bytes longer than their dtype has room', { a: [new NDArray('|S1', [1], [raw])] }],
  ['an array of bytes with a text', { a: [new NDArray('|S1', [1], ['a'])] }],
]
/** Arrays whose data is not what their shape and dtype say, and what is said of them. */
const misfits: [string, NDArray, string][] = [
  [
    'fewer elements than its shape has',
    new NDArray('<u2', [3], Uint16Array.of(1)),
    'an array of shape [3] with 1 elements',
  ],
  [
    'more objects than its shape has',
    new NDArray('|O', [1, 0], [1]),
    'an array of shape [1, 0] with 1 elements',
  ],
  [
    'numbers of another kind',
    new NDArray('<u2', [1], Float64Array.of(1.5)),
    'an array of dtype <u2 whose data is no Uint16Array but Float64Array',
  ],
  [
    'a list of numbers',
    new NDArray('<u2', [1], [1]),
    'an array of dtype <u2 whose data is no Uint16Array but Array',
  ],
]
const refusedByMsgpack: [string, unknown][] = [
  ['a long integer', { a: [2n ** 64n] }],
  ['a datetime without an offset', { a: [PyDateTime.fromIsoformat('2026-01-02T03:04:05')] }],
  ['a duration', { a: [new PyTimeDelta(1)] }],
]

/** Python's reading of payloads, in the lossless JSON. */
function readByPython(encoding: string, payloads: readonly Uint8Array[]): string[] {
  const lines = payloads.map((payload) => Buffer.from(payload).toString('base64'))
  return runFixture(`decode/${encoding}_loads.py`, lines.join('\n')).split('\n')
}

describe.each([
  ['pickle', { ...simple, ...arrays, ...python }],
  ['msgpack', { ...simple, ...arrays }],
  ['json', { ...simple, 'arrays as lists': [[1, 2]], 'very long integers': [2n ** 70n] }],
] as const)('encodePayload(value, %j)', (encoding, values) => {
  const names = Object.keys(values)
  const payloads = names.map((name) => encodePayload(values[name as never], encoding))
  const answers = readByPython(encoding, payloads)

  it.each(names.map((name, i) => [name, i] as const))(
    'is read by Python and by us: %s',
    (name, i) => {
      const wanted = canonicalJson(values[name as never])
      // NumPy brings what it unpickles into the machine's byte order
      const byPython =
        encoding === 'pickle' ? wanted.replaceAll('"dtype":">', '"dtype":"<') : wanted
      expect(canonicalJson(fromLosslessJson(answers[i] as string))).toBe(byPython)
      expect(canonicalJson(makeDecoder(encoding).decode(payloads[i] as Uint8Array))).toBe(wanted)
    },
  )

  const refused: readonly (readonly [name: string, value: unknown])[] = [
    ['an opaque object', { a: [new OpaqueObject('a', 'B')] }],
    ['undefined', { a: [undefined] }],
    ['a function', { a: [() => 1] }],
    ['an instance of a class', { a: [new Date()] }],
    ...(encoding === 'json' ? [] : refusedAsBytes),
    ...(encoding === 'msgpack' ? refusedByMsgpack : []),
  ]
  it.each(refused)('refuses %s, and says where', (_, value) => {
    expect(codeThrownBy(() => encodePayload(value, encoding))).toBe('not-representable')
    expect(() => encodePayload(value, encoding)).toThrow('$.a[0] is ')
  })

  it('refuses what contains itself', () => {
    const list: unknown[] = []
    list.push({ list })
    expect(codeThrownBy(() => encodePayload(list, encoding))).toMatch(/^(cyclic|too-deep)$/)
  })
})

describe.each(['pickle', 'msgpack'] as const)('encodePayload(array, %j)', (encoding) => {
  it.each(misfits)(
    'refuses one with %s, rather than send what nobody can read',
    (_, array, said) => {
      const encode = () => encodePayload({ a: [array] }, encoding)
      expect(codeThrownBy(encode)).toBe('not-representable')
      expect(encode).toThrow(`$.a[0] is ${said}, which has no form in`)
    },
  )
})

describe('encodePayload', () => {
  it('sends a datetime in MessagePack as its instant, to the microsecond', () => {
    const sent = [
      ['2026-01-02T03:04:05.678901+01:00', '2026-01-02T02:04:05.678901+00:00'],
      ['2026-01-02T03:04:05-02:30:15.000007', '2026-01-02T05:34:20.000007+00:00'],
      ['2026-01-02T03:04:05.000003+00:00:00.000004', '2026-01-02T03:04:04.999999+00:00'],
    ]
    const decoder = makeDecoder('msgpack')
    for (const [given, instant] of sent as [string, string][]) {
      const payload = encodePayload({ at: PyDateTime.fromIsoformat(given) }, 'msgpack')
      expect(decoder.decode(payload)).toEqual({ at: PyDateTime.fromIsoformat(instant) })
    }
  })

  it('refuses another encoding', () => {
    expect(codeThrownBy(() => encodePayload({}, 'yaml' as 'json'))).toBe('bad-option')
  })
})
