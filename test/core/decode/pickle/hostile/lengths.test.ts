import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../../packages/core/src/decode/decoders.js'
import { bytesOf, codeThrownBy, uint32, uint64 } from '../../../../support/bytes.js'
import { pickleOf } from '../../../../support/pickle-parts.js'
import { itRefuses, type Refusal } from '../../../../support/refusals.js'

const lengths: readonly Refusal[] = [
  ['BINUNICODE8 of 2**63 bytes', 'bad-payload', () => pickleOf('\x8d', uint64(2n ** 63n), 'x')],
  ['BINBYTES8 of 2**60 bytes', 'bad-payload', () => pickleOf('\x8e', uint64(2n ** 60n), 'x')],
  ['BYTEARRAY8 of 2**64 - 1 bytes', 'bad-payload', () => pickleOf('\x96', uint64(2n ** 64n - 1n))],
  ['BINBYTES of 4 GB', 'bad-payload', () => pickleOf('B\xff\xff\xff\xff')],
  ['BINUNICODE of 4 GB', 'bad-payload', () => pickleOf('X\xff\xff\xff\xff')],
  ['BINSTRING of -1 bytes', 'bad-payload', () => pickleOf('T\xff\xff\xff\xff')],
  ['LONG4 of -1 bytes', 'bad-payload', () => pickleOf('\x8b\xff\xff\xff\xff')],
  ['LONG4 of 2 GB', 'bad-payload', () => pickleOf('\x8b\xff\xff\xff\x7f')],
  [
    'LONG4 of more than 4300 digits',
    'too-large',
    () => pickleOf('\x8b', uint32(1787), 'x'.repeat(1787)),
  ],
  [
    'LONG4 of 4301 digits in as many bytes as 4300 take',
    'too-large',
    () => pickleOf('\x8b', uint32(1786), littleEndian(10n ** 4300n, 1786)),
  ],
  [
    'LONG4 of 4301 digits below zero in as many bytes as 4300 take',
    'too-large',
    () => pickleOf('\x8b', uint32(1786), littleEndian(-(10n ** 4300n), 1786)),
  ],
  [
    'LONG4 of a million bytes',
    'too-large',
    () => pickleOf('\x8b', uint32(1_000_000), Buffer.alloc(1_000_000, 1)),
  ],
  ['LONG of more than 4300 digits', 'too-large', () => bytesOf(`L${'9'.repeat(4301)}L\n.`)],
  ['INT of a million digits', 'too-large', () => bytesOf(`I${'9'.repeat(1_000_000)}\n.`)],
  [
    'FLOAT of a million digits that is none',
    'bad-payload',
    () => bytesOf(`F${'9'.repeat(1_000_000)}x\n.`),
  ],
  ['INT of a million blanks', 'bad-payload', () => bytesOf(`I${' '.repeat(1_000_000)}x\n.`)],
  [
    'a frame longer than the payload',
    'bad-payload',
    () => bytesOf('\x80\x04\x95', uint64(100n), 'N.'),
  ],
  [
    'a frame of 2**64 - 1 bytes',
    'bad-payload',
    () => bytesOf('\x80\x04\x95', uint64(2n ** 64n - 1n), 'N.'),
  ],
  ['place 4e9 in the memo', 'too-large', () => pickleOf('Nr', uint32(4_000_000_000))],
  ['place 1e14 in the memo, as text', 'too-large', () => pickleOf('Np100000000000000\n')],
  ['place 1e300 in the memo, as text', 'bad-payload', () => pickleOf(`Np1${'0'.repeat(300)}\n`)],
  ['place -1 in the memo', 'bad-payload', () => pickleOf('Np-1\n')],
  ['nothing at place 4e9 of the memo', 'bad-payload', () => pickleOf('j', uint32(4_000_000_000))],
  ['nothing at place 0 of the memo', 'bad-payload', () => pickleOf('h\0')],
]

/** The two's complement of an integer in so many bytes. */
function littleEndian(value: bigint, length: number): Uint8Array {
  const hex = BigInt.asUintN(8 * length, value).toString(16)
  return Uint8Array.from(Buffer.from(hex.padStart(2 * length, '0'), 'hex').reverse())
}

describe('a pickle that says a length that it has not', () => {
  itRefuses(pickleDecoder(), lengths)

  it('is not looked at beyond maxBytes', () => {
    const small = pickleDecoder({ maxBytes: 4 })
    expect(small.decode(pickleOf('N'))).toBe(null)
    expect(codeThrownBy(() => small.decode(pickleOf('NN')))).toBe('too-large')
  })
})
