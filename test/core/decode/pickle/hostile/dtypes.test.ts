import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../../packages/core/src/decode/decoders.js'
import { NDArray } from '../../../../../packages/core/src/documents/values/ndarray.js'
import { bytesOf } from '../../../../support/bytes.js'
import {
  array,
  dtype,
  named,
  pickleOf,
  raw,
  text,
  tuple,
  whole,
} from '../../../../support/pickle-parts.js'
import { itRefuses, type Refusal } from '../../../../support/refusals.js'

const u1 = dtype('u1', { order: '|' })
const oneName = tuple(text('a'))

/** A structure of one byte by its names and fields as they are given. */
function structureOf(names: Uint8Array, fields: Uint8Array, itemsize = 1): Uint8Array {
  return dtype('V1', { order: '|', names, fields, itemsize })
}

/** A dict of parts, each a key and its value. */
function dict(...items: readonly Uint8Array[]): Uint8Array {
  return bytesOf('}(', ...items, 'u')
}

/** An array of one datetime64 whose unit is the part. */
function datesIn(unit: Uint8Array): Uint8Array {
  const state = tuple(
    whole(4),
    text('<'),
    bytesOf('NNN'),
    whole(-1),
    whole(-1),
    whole(0),
    tuple(bytesOf('}'), unit),
  )
  const type = bytesOf(named('numpy', 'dtype'), tuple(text('M8')), 'R', state, 'b')
  return pickleOf(array(type, [1], raw('\x05\0\0\0\0\0\0\0')))
}

const refused: readonly Refusal[] = [
  [
    'a state that is no tuple',
    'bad-payload',
    () => pickleOf(named('numpy', 'dtype'), tuple(text('f8')), 'RNb'),
  ],
  ['a byte order that is none', 'bad-payload', () => pickleOf(dtype('f8', { order: 'x' }))],
  [
    'an inner array of no dtype',
    'bad-payload',
    () =>
      pickleOf(
        dtype('V1', { order: '|', subdtype: tuple(text('u1'), tuple(whole(1))), itemsize: 1 }),
      ),
  ],
  [
    'an inner array of a negative size',
    'bad-payload',
    () => pickleOf(dtype('V1', { order: '|', subdtype: tuple(u1, tuple(whole(1))), itemsize: -1 })),
  ],
  ['fields that are no dict', 'bad-payload', () => pickleOf(structureOf(oneName, bytesOf('N')))],
  [
    'a structure of a negative size',
    'bad-payload',
    () => pickleOf(structureOf(oneName, dict(text('a'), tuple(u1, whole(0))), -1)),
  ],
  ['a name without a field', 'bad-payload', () => pickleOf(structureOf(oneName, bytesOf('}')))],
  [
    'a name that every object inherits, without a field',
    'bad-payload',
    () => pickleOf(structureOf(tuple(text('constructor')), bytesOf('}'))),
  ],
  [
    'a name that is no text',
    'bad-payload',
    () => pickleOf(structureOf(tuple(whole(1)), bytesOf('}'))),
  ],
  [
    'a field that is no tuple',
    'bad-payload',
    () => pickleOf(structureOf(oneName, dict(text('a'), u1))),
  ],
  [
    'a field without an offset',
    'bad-payload',
    () => pickleOf(structureOf(oneName, dict(text('a'), tuple(u1)))),
  ],
]

describe('a NumPy dtype whose state is one that NumPy does not write', () => {
  const decoder = pickleDecoder()
  itRefuses(decoder, refused)

  it('may have a length for a shape of one', () => {
    const pair = dtype('V2', { order: '|', subdtype: tuple(u1, whole(2)), itemsize: 2 })
    expect(decoder.decode(pickleOf(array(pair, [1], raw('\x01\x02'))))).toMatchObject({
      data: [[1, 2]],
    })
  })

  it('may have names that are no texts, if its fields are found by them', () => {
    const fields = dict(whole(7), tuple(u1, whole(0)))
    const type = structureOf(tuple(whole(7)), fields)
    expect(decoder.decode(pickleOf(array(type, [1], raw('\x05'))))).toMatchObject({ data: [[5]] })
  })

  it.each([
    ['of no text', tuple(whole(1), whole(1), whole(1), whole(1))],
    ['of no name of a unit', tuple(text('s]'), whole(1), whole(1), whole(1))],
    ['too long for one', tuple(text('nanoseconds'), whole(1), whole(1), whole(1))],
    ['of a negative count', tuple(text('s'), whole(-1), whole(1), whole(1))],
    ['of no tuple', bytesOf('N')],
  ])('has no unit where that is %s, so that nothing else gets into its name', (_, unit) => {
    expect(decoder.decode(datesIn(unit))).toEqual(new NDArray('<M8', [1], BigInt64Array.of(5n)))
  })

  it('has the unit that its state names, as text or as bytes', () => {
    const dates = new NDArray('<M8[25s]', [1], BigInt64Array.of(5n))
    for (const name of [text('s'), raw('s')]) {
      expect(decoder.decode(datesIn(tuple(name, whole(25), whole(1), whole(1))))).toEqual(dates)
    }
  })
})
