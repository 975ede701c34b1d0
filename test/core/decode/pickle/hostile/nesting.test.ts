import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../../packages/core/src/decode/decoders.js'
import { bytesOf, codeThrownBy, repeated } from '../../../../support/bytes.js'
import {
  dtype,
  named,
  pickleOf,
  raw,
  text,
  tuple,
  whole,
} from '../../../../support/pickle-parts.js'
import { itRefuses, type Refusal } from '../../../../support/refusals.js'

const nesting: readonly Refusal[] = [
  ['a list in itself', 'cyclic', () => pickleOf(']\x94h\0a')],
  ['a list in itself by DUP', 'cyclic', () => pickleOf(']2a')],
  ['a dict in itself', 'cyclic', () => pickleOf('}\x94', text('me'), 'h\0s')],
  ['a dict of other keys in itself', 'cyclic', () => pickleOf('}\x94K\x01h\0s')],
  ['an object in its state', 'cyclic', () => pickleOf(named('a', 'B'), ')R\x94h\0b')],
  ['an object in its items', 'cyclic', () => pickleOf(named('a', 'B'), ')R\x94h\0a')],
  [
    'an array of objects in itself',
    'cyclic',
    () =>
      pickleOf(
        named('numpy._core.multiarray', '_reconstruct'),
        tuple(named('numpy', 'ndarray'), tuple(whole(0)), raw('b')),
        'R\x94',
        tuple(whole(1), tuple(whole(1)), dtype('O8', { order: '|' }), bytesOf('\x89]h\0a')),
        'b',
      ),
  ],
  [
    'a hundred thousand lists',
    'too-deep',
    () => pickleOf(repeated(100_000, ']'), repeated(99_999, 'a')),
  ],
  ['a hundred thousand tuples', 'too-deep', () => pickleOf('N', repeated(100_000, '\x85'))],
  [
    'a thousand dicts of other keys',
    'too-deep',
    () => pickleOf('}K\x01'.repeat(1000), 'N', 's'.repeat(1000)),
  ],
  [
    'a thousand objects in each other',
    'too-deep',
    () => pickleOf(named('a', 'B'), '\x94', 'h\0'.repeat(999), 'N', '\x85R'.repeat(1000)),
  ],
  [
    'a thousand states of objects in each other',
    'too-deep',
    () => pickleOf(named('a', 'B'), '\x940', 'h\0)R'.repeat(1000), 'b'.repeat(999)),
  ],
]

describe('a pickle that nests too deep, or contains itself', () => {
  itRefuses(pickleDecoder(), nesting)

  const decoder = pickleDecoder()

  it('takes as many levels as maxDepth says, and not one more', () => {
    const lists = (depth: number) => pickleOf(']'.repeat(depth), 'a'.repeat(depth - 1))
    expect(JSON.stringify(decoder.decode(lists(256)))).toBe('['.repeat(256) + ']'.repeat(256))
    expect(codeThrownBy(() => decoder.decode(lists(257)))).toBe('too-deep')
    const shallow = pickleDecoder({ maxDepth: 3 })
    expect(shallow.decode(lists(3))).toEqual([[[]]])
    expect(codeThrownBy(() => shallow.decode(lists(4)))).toBe('too-deep')
  })
})
