import { describe, expect, it } from 'vitest'

import {
  canonicalJson,
  toLosslessJson,
} from '../../../../packages/core/src/documents/values/lossless-json.js'
import { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { codeThrownBy } from '../../../support/bytes.js'

describe('writing the lossless JSON', () => {
  it('takes any depth', () => {
    let value: unknown = null
    for (let i = 0; i < 100_000; i++) value = i % 2 === 0 ? [value] : { a: value }
    expect(toLosslessJson(value)).toHaveLength(50_000 * (2 + 6) + 4)
  })

  it.each([
    [
      'a list in itself',
      () => {
        const list: unknown[] = []
        list.push([list])
        return list
      },
    ],
    [
      'a dict in itself',
      () => {
        const dict: Record<string, unknown> = {}
        dict['a'] = { dict }
        return dict
      },
    ],
    [
      'a Map in itself',
      () => {
        const map = new Map<unknown, unknown>()
        map.set(1, [map])
        return map
      },
    ],
    [
      'an array in itself',
      () => {
        const items: unknown[] = []
        const array = new NDArray('|O', [1], items)
        items.push(array)
        return array
      },
    ],
    [
      'an array without dimensions in itself',
      () => {
        const items: unknown[] = []
        const array = new NDArray('|O', [], items)
        items.push(array)
        return array
      },
    ],
  ])('refuses what contains itself: %s', (_, make) => {
    expect(codeThrownBy(() => toLosslessJson(make()))).toBe('cyclic')
    expect(codeThrownBy(() => canonicalJson(make()))).toMatch(/cyclic|too-deep/)
  })

  it.each([
    ['undefined', { a: { 'b c': [1, undefined] } }, '$.a["b c"][1] is undefined'],
    ['a function', [() => 1], '$[0] is a function'],
    ['a symbol', { a: Symbol('x') }, '$.a is a symbol'],
    ['an instance of a class', { when: new Date() }, '$.when is a Date'],
    ['another typed array', [Float64Array.of(1)], '$[0] is a Float64Array'],
  ])('names the place of what no document holds: %s', (_, value, message) => {
    expect(codeThrownBy(() => toLosslessJson(value))).toBe('not-representable')
    expect(() => toLosslessJson(value)).toThrow(message)
  })
})

describe('the canonical JSON', () => {
  it('has its keys sorted by code point, at every level', () => {
    const doc = { '\uffff': 1, '\u{10000}': 2, b: { d: 1, c: 2 }, a: [{ z: 1, y: 2 }], B: 3 }
    expect(canonicalJson(doc)).toBe(
      '{"B":3,"a":[{"y":2,"z":1}],"b":{"c":2,"d":1},"\uffff":1,"\u{10000}":2}',
    )
    expect(toLosslessJson(doc, { sortKeys: true })).toBe(canonicalJson(doc))
  })

  it('does not depend on the order of a dict, whatever its keys are', () => {
    const one = new Map<unknown, unknown>([
      [2, 'b'],
      ['x', 1],
      [10, 'a'],
    ])
    const other = new Map<unknown, unknown>([
      [10, 'a'],
      [2, 'b'],
      ['x', 1],
    ])
    expect(canonicalJson(one)).toBe('{"__dict__":[["x",1],[10,"a"],[2,"b"]]}')
    expect(canonicalJson(other)).toBe(canonicalJson(one))
    expect(canonicalJson({ __float__: 1, a: 2 })).toBe('{"__dict__":[["__float__",1],["a",2]]}')
  })

  it('refuses dicts as keys of each other beyond all measure', () => {
    let map = new Map<unknown, unknown>([[1, 1]])
    for (let i = 0; i < 1000; i++) map = new Map([[map, 1]])
    expect(codeThrownBy(() => canonicalJson(map))).toBe('too-deep')
  })
})
