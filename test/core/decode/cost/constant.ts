import { bytesOf, repeated, uint32 } from '../../../support/bytes.js'
import { named, pickleOf } from '../../../support/pickle-parts.js'
import { collisions, datetimeIn, overlapping } from '../hostile/bombs.js'

/** Payloads that take as much as they can of what is allowed whatever their length, and are taken. */
export const constantPayloads: readonly { name: string; make: () => Uint8Array }[] = [
  { name: 'eleven thousand numbers of one hash', make: () => pickleOf(collisions(11_000)) },
  { name: 'fields that lie over each other', make: () => pickleOf(overlapping(7)) },
  {
    name: 'five hundred time zones',
    make: () =>
      pickleOf('(', ...Array.from({ length: 500 }, (_, i) => datetimeIn(`Nowhere/Zone${i}`)), 't'),
  },
  {
    name: 'the offsets of five thousand days',
    make: () =>
      pickleOf(
        '(',
        ...Array.from({ length: 5000 }, (_, day) => datetimeIn('Europe/Berlin', 8 * day)),
        't',
      ),
  },
  {
    name: 'a text encoded ten times',
    make: () =>
      pickleOf(
        bytesOf('X', uint32(100_000), 'x'.repeat(100_000), '\x940'),
        bytesOf(named('_codecs', 'encode'), '\x940('),
        repeated(10, 'h\x01h\0\x8c\x06latin1\x86R'),
        't',
      ),
  },
]
