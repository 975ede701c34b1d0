import { describe } from 'vitest'

import { pickleDecoder } from '../../../../../packages/core/src/decode/decoders.js'
import { bytesOf, uint32 } from '../../../../support/bytes.js'
import {
  array,
  dtype,
  named,
  pickleOf,
  raw,
  structure,
  text,
  tuple,
  whole,
} from '../../../../support/pickle-parts.js'
import { itRefuses, type Refusal } from '../../../../support/refusals.js'

const f8 = dtype('f8')
const u1 = dtype('u1')
const longText = bytesOf('X', uint32(100_000), 'x'.repeat(100_000))
const arrays: readonly Refusal[] = [
  [
    'fewer bytes than the shape says',
    'bad-payload',
    () => pickleOf(array(f8, [3], raw('\0'.repeat(16)))),
  ],
  [
    'more bytes than the shape says',
    'bad-payload',
    () => pickleOf(array(f8, [1], raw('\0'.repeat(16)))),
  ],
  ['no bytes at all', 'bad-payload', () => pickleOf(array(f8, [1_000_000_000], raw('')))],
  [
    'a shape whose product overflows',
    'too-large',
    () => pickleOf(array(f8, [2 ** 40, 2 ** 40], raw(''))),
  ],
  ['a negative length', 'bad-payload', () => pickleOf(array(f8, [-1], raw('')))],
  [
    'lengths that make a product of 1 of -1',
    'bad-payload',
    () => pickleOf(array(f8, [-1, -1], raw('\0'.repeat(8)))),
  ],
  [
    '65 dimensions',
    'bad-payload',
    () => pickleOf(array(f8, new Array<number>(65).fill(1), raw('\0'.repeat(8)))),
  ],
  [
    'a shape that is a string',
    'bad-payload',
    () => pickleOf(reconstructed(tuple(whole(1), text('x'), f8, bytesOf('\x89'), raw('')))),
  ],
  ['a state that is none', 'bad-payload', () => pickleOf(reconstructed(bytesOf('N')))],
  [
    'a dtype that is none',
    'bad-payload',
    () => pickleOf(reconstructed(tuple(whole(1), tuple(), text('f8'), bytesOf('\x89'), raw('')))),
  ],
  [
    'elements of no bytes',
    'too-large',
    () => pickleOf(array(dtype('U0', { itemsize: 0 }), [1_000_000], raw(''))),
  ],
  [
    'raw memory of no bytes',
    'too-large',
    () => pickleOf(array(dtype('V0', { order: '|', itemsize: 0 }), [1_000_000], raw(''))),
  ],
  [
    'structures of nothing',
    'too-large',
    () => pickleOf(array(structure(0, {}), [1_000_000], raw(''))),
  ],
  [
    'elements of no bytes, in many arrays',
    'too-large',
    () =>
      pickleOf(
        '(',
        ...Array.from({ length: 200 }, () => array(dtype('U0', { itemsize: 0 }), [1000], raw(''))),
        't',
      ),
  ],
  ['a million empty lists', 'too-large', () => pickleOf(array(f8, [1_000_000, 0], raw('')))],
  [
    'a trillion empty lists',
    'too-large',
    () => pickleOf(array(f8, [1_000_000, 1_000_000, 0], raw(''))),
  ],
  ['a field outside of its structure', 'bad-payload', () => pickleOf(structure(8, { a: [f8, 1] }))],
  [
    'a structure smaller than its field',
    'bad-payload',
    () => pickleOf(structure(4, { a: [f8, 0] })),
  ],
  ['structures that overlap', 'too-large', () => pickleOf(overlapping(14))],
  ['structures nested too deep', 'too-deep', () => pickleOf(deepStructure(20))],
  [
    'an inner array that is larger than its element',
    'bad-payload',
    () => pickleOf(inner(8, tuple(whole(2)))),
  ],
  [
    'an inner array of a million empty lists',
    'bad-payload',
    () => pickleOf(inner(0, tuple(whole(1_000_000), whole(0)))),
  ],
  ['a dtype of another size than its kind has', 'bad-payload', () => pickleOf(dtype('i3'))],
  [
    'a dtype of a negative size',
    'bad-payload',
    () => pickleOf(dtype('V5', { order: '|', itemsize: -5 })),
  ],
  ['a dtype of half a character', 'bad-payload', () => pickleOf(dtype('U5', { itemsize: 5 }))],
  [
    'a dtype that is a long text',
    'bad-payload',
    () => pickleOf(named('numpy', 'dtype'), tuple(longText), 'R'),
  ],
  [
    'objects that are bytes',
    'bad-payload',
    () => pickleOf(array(dtype('O8', { order: '|' }), [1], raw('\0'.repeat(8)))),
  ],
  [
    'fewer objects than the shape says',
    'bad-payload',
    () => pickleOf(array(dtype('O8', { order: '|' }), [2], bytesOf(']Na'))),
  ],
  ['numbers that are a list', 'bad-payload', () => pickleOf(array(f8, [1], bytesOf(']Na')))],
  [
    'a character beyond Unicode',
    'bad-payload',
    () => pickleOf(array(dtype('U1', { itemsize: 4 }), [1], raw('\0\0\x11\0'))),
  ],
  [
    'a scalar of the wrong size',
    'bad-payload',
    () => pickleOf(named('numpy._core.multiarray', 'scalar'), tuple(f8, raw('\0')), 'R'),
  ],
]

function reconstructed(state: Uint8Array): Uint8Array {
  const empty = tuple(named('numpy', 'ndarray'), tuple(whole(0)), raw('b'))
  return bytesOf(named('numpy._core.multiarray', '_reconstruct'), empty, 'R', state, 'b')
}

/** A structure of two fields at one place, each of two fields at one place, and so on. */
function overlapping(levels: number): Uint8Array {
  let type = u1
  for (let level = 0; level < levels; level++) {
    type = bytesOf(type, '\x940', structure(1, { a: [again(level), 0], b: [again(level), 0] }))
  }
  return array(type, [200], raw('\0'.repeat(200)))
}

function again(level: number): Uint8Array {
  return bytesOf('h', Uint8Array.of(level))
}

function deepStructure(levels: number): Uint8Array {
  let type = u1
  for (let level = 0; level < levels; level++) type = structure(1, { a: [type, 0] })
  return type
}

function inner(itemsize: number, shape: Uint8Array): Uint8Array {
  return dtype(`V${itemsize}`, { order: '|', subdtype: tuple(f8, shape), itemsize })
}

describe('a pickle of a NumPy array that is none', () => {
  itRefuses(pickleDecoder(), arrays)
})
