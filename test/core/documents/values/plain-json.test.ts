import { describe, expect, it } from 'vitest'

import { jsonDecoder } from '../../../../packages/core/src/decode/decoders.js'
import { Complex } from '../../../../packages/core/src/documents/values/complex.js'
import { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { toPlainJson } from '../../../../packages/core/src/documents/values/plain-json.js'
import { PyDateTime } from '../../../../packages/core/src/documents/values/py-datetime.js'
import { PyTimeDelta } from '../../../../packages/core/src/documents/values/py-timedelta.js'
import { fromLosslessJson } from '../../../../packages/core/src/documents/values/lossless-json.js'
import { codeThrownBy } from '../../../support/bytes.js'
import { runFixture } from '../../../support/python-cases.js'

function read(json: string): unknown {
  return jsonDecoder().decode(new TextEncoder().encode(json))
}

describe('plain JSON', () => {
  it.each([
    [
      'floats that JSON has not, bare',
      [NaN, Infinity, -Infinity, -0],
      '[NaN,Infinity,-Infinity,-0.0]',
    ],
    ['integers of any size', [2n ** 70n, 1], '[1180591620717411303424,1]'],
    ['floats beyond 2**53, as floats', [2 ** 60], '[1.152921504606847e+18]'],
    [
      'arrays as nested lists',
      { a: new NDArray('<i8', [2, 1], BigInt64Array.of(1n, 2n ** 62n)) },
      '{"a":[[1],[4611686018427387904]]}',
    ],
    [
      'arrays of booleans as booleans',
      new NDArray('|b1', [2], Uint8Array.of(1, 0)),
      '[true,false]',
    ],
    [
      'an array without dimensions as its element',
      [new NDArray('<f8', [], Float64Array.of(1.5))],
      '[1.5]',
    ],
    [
      'arrays of objects by what they hold',
      new NDArray('|O', [2], [NaN, new NDArray('<u1', [1], Uint8Array.of(7))]),
      '[NaN,[7]]',
    ],
    [
      'datetimes as isoformat',
      [PyDateTime.fromIsoformat('2026-01-02T03:04:05+00:00')],
      '["2026-01-02T03:04:05+00:00"]',
    ],
    ['durations as seconds', [new PyTimeDelta(0, 90, 500_000)], '[90.5]'],
    [
      'other keys as strings',
      new Map<unknown, unknown>([
        [1, 1],
        [2n ** 60n, 2],
        [1.5, 3],
        [true, 4],
        [null, 5],
        [NaN, 6],
        [-Infinity, 7],
      ]),
      '{"1":1,"1152921504606846976":2,"1.5":3,"true":4,"null":5,"NaN":6,"-Infinity":7}',
    ],
    [
      'of keys that become one string the last',
      new Map<unknown, unknown>([
        ['1', 'a'],
        [1, 'b'],
      ]),
      '{"1":"b"}',
    ],
    ['__proto__ as a key as any other', JSON.parse('{"__proto__": 1}'), '{"__proto__":1}'],
  ])('has %s', (_, value, json) => {
    expect(toPlainJson(value)).toBe(json)
  })

  it.each([
    ['bytes', { a: { b: [1, 2, Uint8Array.of(1)] } }, '$.a.b[2] is bytes'],
    ['a complex number', [new Complex(1, 2)], '$[0] is a complex number'],
    [
      'an opaque object',
      { p: new OpaqueObject('pathlib', 'Path', ['/']) },
      '$.p is an object of the class pathlib.Path',
    ],
    [
      'bytes in an array',
      { 'a.b': new NDArray('|S1', [1], [Uint8Array.of(1)]) },
      '$["a.b"][0] is bytes',
    ],
    [
      'bytes as a key',
      { m: new Map([[Uint8Array.of(1), 1]]) },
      '$.m is a dict with bytes as a key',
    ],
    ['a tuple as a key', new Map([[[1, 2], 1]]), '$ is a dict with a tuple as a key'],
  ])('refuses %s, and says where', (_, value, message) => {
    expect(codeThrownBy(() => toPlainJson(value))).toBe('not-representable')
    expect(() => toPlainJson(value)).toThrow(message)
  })

  it('describes what it has no form for, if asked to', () => {
    const value = {
      bytes: Uint8Array.of(0, 255),
      complex: new Complex(1, NaN),
      opaque: [new OpaqueObject('pathlib', 'Path', ['/']), new OpaqueObject('a', 'B')],
      map: new Map<unknown, unknown>([
        [Uint8Array.of(1), 1],
        [[1, 'a'], 2],
        [[[1]], 3],
        [PyDateTime.fromIsoformat('2026-01-02'), 4],
        [new Complex(1, 2), 5],
      ]),
    }
    expect(toPlainJson(value, { onUnrepresentable: 'describe' })).toBe(
      '{"bytes":"AP8=","complex":[1,NaN],"opaque":["pathlib.Path(...)","a.B()"],' +
        '"map":{"AQ==":1,"(1, a)":2,"(...)":3,"2026-01-02":4,"Complex":5}}',
    )
  })

  it('refuses what no document holds, even if asked to describe', () => {
    const write = () => toPlainJson({ a: new Date() }, { onUnrepresentable: 'describe' })
    expect(codeThrownBy(write)).toBe('not-representable')
  })

  it('takes any depth, and no value in itself', () => {
    let value: unknown = 1
    for (let i = 0; i < 100_000; i++) value = [value]
    expect(toPlainJson(value)).toHaveLength(200_001)
    const list: unknown[] = []
    list.push({ list })
    expect(codeThrownBy(() => toPlainJson(list))).toBe('cyclic')
  })

  it('is what json.dumps writes with event_model.NumpyEncoder', () => {
    const cases = JSON.parse(runFixture('decode/plain_json.py')) as {
      lossless: string
      plain: string
    }[]
    expect(cases.length).toBeGreaterThan(10)
    for (const { lossless, plain } of cases) {
      const ours = toPlainJson(fromLosslessJson(lossless))
      // Python writes 1.0, escapes beyond ASCII and has blanks: compare what is read
      expect(read(ours)).toEqual(read(plain))
    }
  })
})
