import { Buffer } from 'node:buffer'

import type { Dice } from './dice.js'
import { joined, latin1 } from './mutate.js'

/** What means something in MessagePack: heads of all kinds, and the keys of `msgpack_numpy`. */
export const msgpackWords: readonly Uint8Array[] = [
  ...Array.from({ length: 0x20 }, (_, i) => Uint8Array.of(0xc0 + i)),
  ...Array.from({ length: 0x20 }, (_, i) => Uint8Array.of(0x80 + i)),
  ...['nd', 'type', 'kind', 'shape', 'data', 'complex'].flatMap((key) => [
    joined(Uint8Array.of(0xc4, key.length), latin1(key)),
    joined(Uint8Array.of(0xa0 + key.length), latin1(key)),
  ]),
  ...[
    '\xc3',
    '\xa2f8',
    '\xa3|O\x01',
    '\xc4\x01O',
    '\xc4\x01V',
    '\x92\x01\x02',
    '\xa9__proto__',
  ].map(latin1),
  ...[
    '\xa41000',
    '\xd6\xff\0\0\0\0',
    '\xc7\x0c\xff',
    '\xc4\x04N.].',
    '\xa3(1j',
    '\xdf\xff\xff\xff\xff',
  ].map(latin1),
]

/** What means something in JSON. */
export const jsonWords: readonly Uint8Array[] = [
  ...'NaN Infinity -Infinity 9007199254740993 -0 1E+00 1e400 [ ] { } " \\ , : null true'.split(' '),
  ...[
    '"__proto__":',
    '"1000":1',
    '"\\ud800"',
    '\\u',
    '\ufdd0',
    '"\ufdd0NaN"',
    '"\\ufdd0"',
    '/**/',
    '\u2028',
    '\0',
  ],
  ...['{"a":', '[[[[', ']]]]', '\ufeff', ' '.repeat(20), '1'.repeat(40), '0.'.padEnd(40, '1'), '-'],
].map((word) => new Uint8Array(Buffer.from(word, 'utf8')))

/** Words in any order, in a container. */
export function anyWords(dice: Dice, words: readonly Uint8Array[], head: Uint8Array): Uint8Array {
  const parts = Array.from({ length: 1 + dice.below(40) }, () =>
    dice.oneIn(8) ? dice.bytes(1 + dice.below(4)) : dice.pick(words),
  )
  return joined(head, ...parts)
}

/** A text of JSON as it should be, of odd values. */
export function jsonText(dice: Dice): Uint8Array {
  return new Uint8Array(Buffer.from(jsonValue(dice, 0), 'utf8'))
}

function jsonValue(dice: Dice, depth: number): string {
  const some = () => Array.from({ length: dice.length(6) }, () => jsonValue(dice, depth + 1))
  const gap = dice.oneIn(4) ? ' ' : ''
  switch (depth > 6 ? 9 : dice.below(10)) {
    case 0:
    case 1:
      return `[${some().join(`,${gap}`)}]`
    case 2:
    case 3:
      return `{${some()
        .map((value) => `${jsonString(dice)}${gap}:${gap}${value}`)
        .join(',')}}`
    case 4:
      return jsonString(dice)
    case 5:
      return dice.pick(['NaN', 'Infinity', '-Infinity', 'null', 'true', 'false'])
    case 6:
      return `${dice.pick(['', '-'])}${'9'.repeat(1 + dice.length(40))}`
    default:
      return String((dice.below(2000) - 1000) / dice.pick([1, 3, 1e-30, 1e30]))
  }
}

function jsonString(dice: Dice): string {
  return JSON.stringify(
    dice.pick([
      'a',
      '__proto__',
      '1000',
      '\ufdd0NaN',
      '',
      '\ud800',
      'x'.repeat(60),
      '"\\',
      '☃',
      'toString',
    ]),
  )
}
