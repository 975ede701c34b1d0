import { describe, expect, it } from 'vitest'

import { NDArray, bareElement } from '../../../../packages/core/src/documents/values/ndarray.js'
import { codeThrownBy } from '../../../support/bytes.js'

describe('NDArray.toList', () => {
  it.each([
    ['one dimension', [3], [1, 2, 3]],
    ['two dimensions', [3, 1], [[1], [2], [3]]],
    ['three dimensions', [1, 3, 1], [[[1], [2], [3]]]],
  ])('nests by its shape: %s', (_, shape, list) => {
    expect(new NDArray('<i4', shape, Int32Array.of(1, 2, 3)).toList()).toEqual(list)
  })

  it('gives the bare element of an array without dimensions', () => {
    expect(new NDArray('<f4', [], Float32Array.of(1.5)).toList()).toBe(1.5)
  })

  it('gives empty lists of an array without elements', () => {
    expect(new NDArray('<f4', [0, 3], new Float32Array(0)).toList()).toEqual([])
    expect(new NDArray('<f4', [2, 0], new Float32Array(0)).toList()).toEqual([[], []])
  })

  it('gives numbers where they are exact, and else bigints', () => {
    const data = BigInt64Array.of(5n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n))
    expect(new NDArray('<i8', [4], data).toList()).toEqual([
      5,
      2 ** 53 - 1,
      2n ** 53n,
      -(2n ** 63n),
    ])
    expect(new NDArray('<u8', [1], BigUint64Array.of(2n ** 64n - 1n)).toList()).toEqual([
      2n ** 64n - 1n,
    ])
  })

  it('gives booleans of booleans, and elements that are values as they are', () => {
    expect(new NDArray('|b1', [2], Uint8Array.of(0, 1)).toList()).toEqual([false, true])
    const inner = new NDArray('<i4', [1], Int32Array.of(1))
    expect(new NDArray('|O', [2], ['a', inner]).toList()).toEqual(['a', inner])
  })

  it('refuses a shape that its data has not', () => {
    const array = new NDArray('<i4', [2, 2], Int32Array.of(1, 2, 3))
    expect(codeThrownBy(() => array.toList())).toBe('bad-document')
    expect(() => array.toList()).toThrow('[2, 2] holds 4 elements; its data has 3')
  })
})

describe('bareElement', () => {
  it('goes through arrays without dimensions', () => {
    const inner = new NDArray('|O', [], ['x'])
    expect(bareElement(new NDArray('|O', [], [inner]))).toBe('x')
  })
})
