import { describe } from 'vitest'

import { pickleDecoder } from '../../../../../packages/core/src/decode/decoders.js'
import { bytesOf, uint32, repeated } from '../../../../support/bytes.js'
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

const f8 = dtype('f8')
const u1 = dtype('u1')
/** Of an odd length, so that what follows lies unaligned. */
const manyBytes = raw('\0'.repeat(100_001))
const longText = bytesOf('X', uint32(100_000), 'x'.repeat(100_000))
/** Lists of ten references to the list before: 10 ** levels values in a few hundred bytes. */
function laughs(levels: number, innermost: Uint8Array): Uint8Array {
  const lists = Array.from({ length: levels }, (_, level) =>
    bytesOf('](', `h${String.fromCharCode(level)}`.repeat(10), 'e\x94'),
  )
  return pickleOf(innermost, '\x94', ...lists)
}

const expanding: readonly Refusal[] = [
  ['a billion laughs', 'too-large', () => laughs(9, bytesOf(']'))],
  ['laughs of a long string', 'too-large', () => laughs(6, longText)],
  ['laughs of bytes', 'too-large', () => laughs(6, manyBytes)],
  [
    'laughs of a complex number',
    'too-large',
    () => laughs(9, bytesOf(named('builtins', 'complex'), 'K\x01K\x02\x86R')),
  ],
  ['laughs of an array', 'too-large', () => laughs(6, array(u1, [100_001], manyBytes))],
  ['laughs by DUP', 'too-large', () => pickleOf(']', '2\x86'.repeat(40))],
  [
    'a long string at many places',
    'too-large',
    () => pickleOf(longText, '\x940(', repeated(90_000, 'h\0'), 't'),
  ],
  [
    'a long key of many dicts',
    'too-large',
    () => pickleOf(longText, '\x940(', repeated(90_000, '}h\0Ns'), 't'),
  ],
  [
    'a long string encoded many times',
    'too-large',
    () =>
      pickleOf(
        longText,
        '\x940',
        named('_codecs', 'encode'),
        '\x940(',
        repeated(5000, 'h\x01h\0\x8c\x06latin1\x86R'),
        't',
      ),
  ],
  [
    'the same bytes in many arrays',
    'too-large',
    () =>
      pickleOf(
        raw('\0'.repeat(100_008)),
        '\x940',
        f8,
        '\x940',
        named('numpy._core.numeric', '_frombuffer'),
        '\x940(',
        repeated(5000, 'h\x02(h\0h\x01M\xd5\x30\x85\x8c\x01CtR'),
        't',
      ),
  ],
  [
    'the same arguments of many objects',
    'too-large',
    () =>
      pickleOf(
        tuple(bytesOf(repeated(50_000, 'N'))),
        '\x940(',
        named('a', 'B'),
        ')R\x94',
        repeated(10_000, 'h\x01h\0R'),
        't',
      ),
  ],
  [
    'many instances of a class with a long name',
    'too-large',
    () => pickleOf(longText, text('B'), '\x93\x940(', repeated(90_000, 'h\0)R'), 't'),
  ],
  [
    'a dtype with much besides',
    'too-large',
    () =>
      pickleOf(
        named('numpy', 'dtype'),
        tuple(text('f8'), bytesOf('](', repeated(9000, 'K\x01'), 'e')),
        'R\x940(',
        repeated(90_000, 'h\0'),
        't',
      ),
  ],
  [
    'a time zone with much besides',
    'too-large',
    () =>
      pickleOf(
        named('zoneinfo', 'ZoneInfo'),
        tuple(text('UTC'), bytesOf('](', repeated(9000, 'K\x01'), 'e')),
        'R\x940(',
        repeated(90_000, 'h\0'),
        't',
      ),
  ],
  [
    'a long integer at many places',
    'too-large',
    () => pickleOf('\x8a\xff', repeated(255, '\x01'), '\x940(', repeated(900_000, 'h\0'), 't'),
  ],
  [
    'the text of a long integer read many times',
    'too-large',
    () =>
      pickleOf(
        bytesOf('X', uint32(4000), '9'.repeat(4000)),
        '\x940',
        named('builtins', 'int'),
        '\x940(',
        repeated(90_000, 'h\x01h\0\x85R'),
        't',
      ),
  ],
  [
    'long strings to be sorted many times',
    'too-large',
    () => pickleOf(longText, '\x940', longText, '\x940(', repeated(90_000, 'h\0h\x01'), '\x910N'),
  ],
  [
    'fields of a dtype read many times',
    'too-large',
    () =>
      pickleOf(
        tuple(...Array.from({ length: 9000 }, (_, i) => text(`f${i}`))),
        '\x940}(',
        ...Array.from({ length: 9000 }, (_, i) => bytesOf(text(`f${i}`), tuple(u1, whole(0)))),
        'u\x940',
        named('numpy', 'dtype'),
        tuple(text('V1')),
        'R\x940(',
        repeated(9000, 'h\x02(K\x03\x8c\x01|Nh\0h\x01K\x01K\x01K\x00tb'),
        't',
      ),
  ],
  [
    'named arguments counted many times',
    'too-large',
    () =>
      pickleOf(
        '}(',
        ...Array.from({ length: 9000 }, (_, i) => bytesOf(text(`k${i}`), 'N')),
        'u\x940',
        named('a', 'B'),
        '\x940(',
        repeated(90_000, 'h\x01)h\0\x92'),
        't',
      ),
  ],
  ['a name that grows', 'too-large', () => pickleOf(growingNames(60_000))],
  [
    'byte strings of one byte',
    'too-large',
    () =>
      pickleOf(
        array(dtype('S1', { order: '|', itemsize: 1 }), [3_000_000], raw(Buffer.alloc(3_000_000))),
      ),
  ],
  [
    'complex numbers',
    'too-large',
    () => pickleOf(array(dtype('c8'), [2_500_000], raw(Buffer.alloc(20_000_000)))),
  ],
  [
    'strings of an array, more than are taken',
    'too-large',
    () => pickleOf(array(dtype('U1', { itemsize: 4 }), [9_000_000], raw(Buffer.alloc(36_000_000)))),
  ],
  [
    'elements of an array, more than values are taken',
    'too-large',
    () => pickleOf(array(dtype('f2'), [34_000_000], raw(Buffer.alloc(68_000_000)))),
  ],
  [
    'long texts as keys behind a number',
    'too-large',
    () =>
      pickleOf(
        '}(K\x01N',
        ...Array.from({ length: 200 }, (_, i) =>
          bytesOf('X', uint32(16_384), String(i).padStart(16_384, 'x'), 'N'),
        ),
        'u',
      ),
  ],
  ['more dicts than are taken', 'too-large', () => pickleOf('(', repeated(3_000_000, '}'), 't')],
  ['more values than are taken', 'too-large', () => pickleOf(repeated(9_000_000, 'N'))],
  ['more marks than are taken', 'too-large', () => pickleOf(repeated(9_000_000, '('))],
  ['a longer memo than is taken', 'too-large', () => pickleOf('N', repeated(9_000_000, '\x94'))],
]

/** getattr(C, name), of that again, and so on: names that grow by one that is in the memo. */
function growingNames(times: number): Uint8Array {
  return bytesOf(
    named('builtins', 'getattr'),
    '\x940',
    bytesOf('X', uint32(50), 'n'.repeat(50)),
    '\x940',
    named('m', 'C'),
    '\x94',
    repeated(times, 'q\x020h\0h\x02h\x01\x86R'),
  )
}

describe('a pickle that would expand beyond all bounds', () => {
  itRefuses(pickleDecoder(), expanding)
})
