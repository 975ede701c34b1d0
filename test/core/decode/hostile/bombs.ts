import { bytesOf, repeated, uint32 } from '../../../support/bytes.js'
import { array, dtype, named, raw, structure, text, tuple } from '../../../support/pickle-parts.js'
import {
  dropped,
  framesOf,
  type HostileFrame,
  jsonStartOf,
  packedStartOf,
  startOf,
} from './hostile-frame.js'

const u1 = dtype('u1')
const f8 = dtype('f8')
const longText = bytesOf('X', uint32(100_000), 'x'.repeat(100_000))
/** Lists of ten references to the list before. */
const laughs = bytesOf(
  ']',
  ...Array.from({ length: 9 }, (_, level) =>
    bytesOf('\x940](', `h${String.fromCharCode(level)}`.repeat(10), 'e'),
  ),
)
/** A pickle that comes to a million values, as the object array of msgpack_numpy. */
const packedLaughs = packedObjects(
  bytesOf('\x80\x04]\x94', ...Array.from({ length: 19 }, (_, level) => pairOf(level)), '.'),
)

/** A tuple of twice what stands in the memo, put there too. */
function pairOf(level: number): Uint8Array {
  const place = String.fromCharCode(level)
  return bytesOf(`h${place}h${place}\x86\x94`)
}

function packedObjects(pickle: Uint8Array): Uint8Array {
  return bytesOf(
    '\x83\xc4\x02nd\xc3\xc4\x04kind\xc4\x01O\xc4\x04data\xc4',
    Uint8Array.of(pickle.length),
    pickle,
  )
}

/** Structures of two fields at one place, one in the other. */
export function overlapping(levels: number): Uint8Array {
  let type = u1
  for (let level = 0; level < levels; level++) {
    const again = bytesOf('h', Uint8Array.of(level))
    type = bytesOf(type, '\x940', structure(1, { a: [again, 0], b: [again, 0] }))
  }
  return array(type, [200], raw('\0'.repeat(200)))
}

/** A dict of so many numbers that have the last bits of their hash in common. */
export function collisions(count: number): Uint8Array {
  const keys: Uint8Array[] = []
  for (let key = 0; keys.length < count; key++) {
    if (hashOfNumber(key) % 16_384 === 7) keys.push(bytesOf('J', uint32(key), 'N'))
  }
  return bytesOf('}(', ...keys, 'u')
}

/** V8's hash of a small integer, which has no secret in it. */
function hashOfNumber(key: number): number {
  let hash = ~key + (key << 15)
  hash ^= hash >>> 12
  hash += hash << 2
  hash ^= hash >>> 4
  hash = Math.imul(hash, 2057)
  return (hash ^ (hash >>> 16)) & 0x3fffffff
}

const longKeys = Array.from({ length: 200 }, (_, i) => `${'k'.repeat(20_000)}${1000 + i}`)

/** A little that becomes much: of memory, or of time. */
export const bombs: readonly HostileFrame[] = [
  ...framesOf('pickle', [
    ['a billion laughs', dropped('too-large'), startOf(laughs)],
    ['laughs by DUP', dropped('too-large'), startOf(']', '2\x86'.repeat(40))],
    [
      'a long text at ninety thousand places',
      dropped('too-large'),
      startOf(longText, '\x940(', repeated(90_000, 'h\0'), 't'),
    ],
    [
      'a long text encoded five thousand times',
      dropped('too-large'),
      // each is dropped again, so that only the making of them costs anything
      startOf(
        bytesOf(longText, '\x940', named('_codecs', 'encode'), '\x940'),
        repeated(5000, 'h\x01h\0\x8c\x06latin1\x86R0'),
        'N',
      ),
    ],
    ['three million dicts', dropped('too-large'), startOf('(', repeated(3_000_000, '}'), 't')],
    ['nine million marks', dropped('too-large'), startOf(repeated(9_000_000, '('))],
    ['place 4e9 in the memo', dropped('too-large'), startOf('Nr', uint32(4_000_000_000))],
    [
      'an array of a million empty texts',
      dropped('too-large'),
      startOf(array(dtype('U0', { itemsize: 0 }), [1_000_000], raw(''))),
    ],
    [
      'an array of a million empty lists',
      dropped('too-large'),
      startOf(array(f8, [1_000_000, 0], raw(''))),
    ],
    ['fields that lie over each other', dropped('too-large'), startOf(overlapping(14))],
    [
      'thirty thousand numbers as keys of one hash',
      dropped('too-large'),
      startOf(collisions(30_000)),
    ],
    [
      'two hundred keys of twenty thousand characters',
      dropped('too-large'),
      startOf('}(', ...longKeys.map((key) => bytesOf('X', uint32(key.length), key, 'N')), 'u'),
    ],
    [
      'a thousand time zones',
      dropped('too-large'),
      startOf('(', ...Array.from({ length: 1000 }, (_, i) => datetimeIn(`Nowhere/Zone${i}`)), 't'),
    ],
  ]),
  ...framesOf('msgpack', [
    [
      'a hundred pickles in MessagePack, each a million values',
      dropped('too-large'),
      packedStartOf('\xdc\0\x64', ...new Array<Uint8Array>(100).fill(packedLaughs)),
    ],
    [
      'three million maps',
      dropped('too-large'),
      packedStartOf('\xdd', Uint8Array.of(0, 0x2d, 0xc6, 0xc0), Buffer.alloc(3_000_000, 0x80)),
    ],
  ]),
  ...framesOf('json', [
    ['three million lists', dropped('too-large'), jsonStartOf(`[${'[],'.repeat(3_000_000)}1]`)],
    [
      'two hundred keys of twenty thousand characters, in JSON',
      dropped('too-large'),
      jsonStartOf(`{${longKeys.map((key) => `"${key}": 1`).join(',')}}`),
    ],
  ]),
]

/** A datetime of a zone, on a day of the year 2026 or of the one after so many days. */
export function datetimeIn(zone: string, day = 0): Uint8Array {
  const year = 2026 - Math.floor(day / 336)
  const date = [year >> 8, year & 255, 1 + (Math.floor(day / 28) % 12), 1 + (day % 28)]
  const wall = raw(bytesOf(Uint8Array.from(date), '\x03\x04\x05\0\0\x06'))
  const inZone = bytesOf(
    named('zoneinfo', 'ZoneInfo._unpickle'),
    tuple(text(zone), bytesOf('K\x01')),
    'R',
  )
  return bytesOf(named('datetime', 'datetime'), tuple(wall, inZone), 'R')
}
