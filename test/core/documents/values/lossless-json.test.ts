import { describe, expect, it } from 'vitest'

import { Complex } from '../../../../packages/core/src/documents/values/complex.js'
import {
  fromLosslessJson,
  toLosslessJson,
} from '../../../../packages/core/src/documents/values/lossless-json.js'
import { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { PyDateTime } from '../../../../packages/core/src/documents/values/py-datetime.js'
import { PyTimeDelta } from '../../../../packages/core/src/documents/values/py-timedelta.js'
import { codeThrownBy } from '../../../support/bytes.js'

const protoKey = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as object

/** Values and their lossless JSON, which is read back to the same value. */
const pairs: readonly (readonly [name: string, value: unknown, json: string])[] = [
  ['scalars', [null, true, false, 'a', 1, -1.5], '[null,true,false,"a",1,-1.5]'],
  ['text to be escaped', ['"\\\n\u0000', '\ud800', '☃🧪'], '["\\"\\\\\\n\\u0000","\\ud800","☃🧪"]'],
  [
    'integers beyond 2**53',
    [2n ** 53n, -(2n ** 70n)],
    '[9007199254740992,-1180591620717411303424]',
  ],
  ['floats beyond 2**53', [2 ** 60, 1e21, 1.5e300], '[1.152921504606847e+18,1e+21,1.5e+300]'],
  [
    'floats that JSON has not',
    [NaN, Infinity, -Infinity, -0],
    '[{"__float__":"nan"},{"__float__":"inf"},{"__float__":"-inf"},{"__float__":"-0.0"}]',
  ],
  ['dicts', { b: { a: [] }, '': {} }, '{"b":{"a":[]},"":{}}'],
  ['dicts with hazardous keys', protoKey, '{"__proto__":{"x":1},"constructor":2}'],
  [
    'dicts with other keys',
    new Map<unknown, unknown>([
      [1, 'a'],
      [null, { b: 1 }],
      [[1, 2], NaN],
    ]),
    '{"__dict__":[[1,"a"],[null,{"b":1}],[[1,2],{"__float__":"nan"}]]}',
  ],
  [
    'dicts with a tag as a key',
    { __float__: 'nan', x: { __other__: 1 } },
    '{"__dict__":[["__float__","nan"],["x",{"__dict__":[["__other__",1]]}]]}',
  ],
  ['bytes', Uint8Array.of(0, 255), '{"__bytes__":"AP8="}'],
  [
    'datetimes',
    PyDateTime.fromIsoformat('2026-11-22T10:11:12.345678+01:00'),
    '{"__datetime__":"2026-11-22T10:11:12.345678+01:00"}',
  ],
  [
    'dates and times',
    [PyDateTime.fromIsoformat('2026-11-22'), PyDateTime.fromIsoformat('10:11:12')],
    '[{"__datetime__":"2026-11-22"},{"__datetime__":"10:11:12"}]',
  ],
  ['durations', new PyTimeDelta(-1, 0, 500_000), '{"__timedelta__":-86399.5}'],
  [
    'complex numbers',
    [new Complex(1, -2.5), new Complex(NaN, -0)],
    '[{"__complex__":[1,-2.5]},{"__complex__":[{"__float__":"nan"},{"__float__":"-0.0"}]}]',
  ],
  [
    'opaque objects',
    [new OpaqueObject('pathlib', 'Path', ['/', NaN]), new OpaqueObject('a.b', 'C')],
    '[{"__other__":"pathlib.Path","args":["/",{"__float__":"nan"}]},{"__other__":"a.b.C"}]',
  ],
  [
    'arrays',
    new NDArray('<u2', [2, 2], Uint16Array.of(1, 2, 3, 4)),
    '{"__ndarray__":[[1,2],[3,4]],"dtype":"<u2","shape":[2,2]}',
  ],
  [
    'arrays of booleans',
    new NDArray('|b1', [2], Uint8Array.of(1, 0)),
    '{"__ndarray__":[true,false],"dtype":"|b1","shape":[2]}',
  ],
  [
    'arrays of floats',
    new NDArray('<f8', [2], Float64Array.of(NaN, -0)),
    '{"__ndarray__":[{"__float__":"nan"},{"__float__":"-0.0"}],"dtype":"<f8","shape":[2]}',
  ],
  [
    'arrays of integers beyond 2**53',
    new NDArray('<i8', [2], BigInt64Array.of(1n, -(2n ** 63n))),
    '{"__ndarray__":[1,-9223372036854775808],"dtype":"<i8","shape":[2]}',
  ],
  [
    'arrays of dates',
    new NDArray('<M8[ns]', [1], BigInt64Array.of(5n)),
    '{"__ndarray__":[5],"dtype":"<M8[ns]","shape":[1]}',
  ],
  [
    'arrays of complex numbers',
    new NDArray('<c16', [1], [new Complex(1, 2)]),
    '{"__ndarray__":[{"__complex__":[1,2]}],"dtype":"<c16","shape":[1]}',
  ],
  [
    'arrays of objects',
    new NDArray('|O', [2], [null, new NDArray('|O', [1], [{ a: 1n << 70n }])]),
    '{"__ndarray__":[null,{"__ndarray__":[{"a":1180591620717411303424}],"dtype":"|O","shape":[1]}],"dtype":"|O","shape":[2]}',
  ],
  [
    'arrays without elements',
    new NDArray('<f4', [2, 0], new Float32Array(0)),
    '{"__ndarray__":[[],[]],"dtype":"<f4","shape":[2,0]}',
  ],
  [
    'structured arrays',
    new NDArray('|V5', [1], [[1, ['a']]]),
    '{"__ndarray__":[[1,["a"]]],"dtype":"|V5","shape":[1]}',
  ],
]

describe('the lossless JSON', () => {
  it.each(pairs)('of %s', (_, value, json) => {
    expect(toLosslessJson(value)).toBe(json)
  })

  it.each(pairs)('is read back: %s', (_, value, json) => {
    expect(fromLosslessJson(json)).toEqual(value)
    expect(toLosslessJson(fromLosslessJson(json))).toBe(json)
  })

  it('of an array without dimensions is its bare element', () => {
    expect(toLosslessJson(new NDArray('<f8', [], Float64Array.of(NaN)))).toBe('{"__float__":"nan"}')
    const inner = new NDArray('|O', [], [new NDArray('|O', [], [[1]])])
    expect(toLosslessJson({ a: inner })).toBe('{"a":[1]}')
  })

  it('of a Map whose keys are strings is an object', () => {
    const map = new Map([
      ['b', 1],
      ['__proto__', 2],
    ])
    expect(toLosslessJson(map)).toBe('{"b":1,"__proto__":2}')
  })

  it('reads a dict by its tag as a plain object if all keys are strings', () => {
    const dict = fromLosslessJson('{"__dict__":[["__proto__",{"x":1}],["a",2]]}') as object
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype)
    expect(Object.keys(dict)).toEqual(['__proto__', 'a'])
  })

  it('reads what Python writes: escaped tags, blanks, whole floats', () => {
    expect(fromLosslessJson(' {"\\u005f_float__" : "inf"} ')).toBe(Infinity)
    expect(fromLosslessJson('[1.0, 1e0, 12345678901234567890.0]')).toEqual([
      1, 1, 12345678901234567000,
    ])
  })

  it.each([
    ['no JSON', '{"a":}'],
    ['a float that is none', '{"__float__":"one"}'],
    ['a dict of no pairs', '{"__dict__":[[1]]}'],
    ['bytes that are not base64', '{"__bytes__":"A"}'],
    ['a datetime that is none', '{"__datetime__":"2026-13-01"}'],
    ['a duration that is no number', '{"__timedelta__":"1"}'],
    ['a complex number of one part', '{"__complex__":[1]}'],
    ['arguments that are no list', '{"__other__":"a.B","args":1}'],
    ['an array of another shape', '{"__ndarray__":[1,2],"dtype":"<u2","shape":[3]}'],
    ['an array of no shape', '{"__ndarray__":[1,2],"dtype":"<u2"}'],
    ['an array whose elements are no numbers', '{"__ndarray__":["a"],"dtype":"<u2","shape":[1]}'],
    ['an array of integers with a fraction', '{"__ndarray__":[1.5],"dtype":"<i8","shape":[1]}'],
  ])('refuses %s', (_, json) => {
    expect(codeThrownBy(() => fromLosslessJson(json))).toBe('bad-payload')
  })

  it.each(['1', '9007199254740993', '{"__float__":"nan"}'])(
    'reads 1900 levels of %s',
    (innermost) => {
      const json = `${'['.repeat(1900)}${innermost}${']'.repeat(1900)}`
      expect(toLosslessJson(fromLosslessJson(json))).toBe(json)
    },
  )

  it('refuses what nests too deep to be read', () => {
    expect(codeThrownBy(() => fromLosslessJson('['.repeat(100_000)))).toBe('too-deep')
  })
})
