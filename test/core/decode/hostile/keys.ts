import { bytesOf } from '../../../support/bytes.js'
import { text } from '../../../support/pickle-parts.js'
import {
  delivered,
  framesOf,
  type HostileFrame,
  jsonStartOf,
  packedStartOf,
  startOf,
} from './hostile-frame.js'

/** An object with a key of its own that an assignment would take for the prototype. */
const proto: unknown = JSON.parse('{"__proto__": {"polluted": 1}}')
const inherited = { constructor: 1, toString: 1, hasOwnProperty: 1 }
const names = Object.keys(inherited)

/** Keys of dicts that are more than keys elsewhere. */
export const keys: readonly HostileFrame[] = [
  ...framesOf('pickle', [
    [
      'the key of the prototype',
      delivered(proto),
      startOf('}', text('__proto__'), '}', text('polluted'), 'K\x01ss'),
    ],
    [
      'keys that every object inherits',
      delivered(inherited),
      startOf('}(', ...names.map((name) => bytesOf(text(name), 'K\x01')), 'u'),
    ],
    ['a key twice', delivered({ a: 2 }), startOf('}(', text('a'), 'K\x01', text('a'), 'K\x02u')],
    [
      'NaN as a key, twice',
      delivered(new Map([[NaN, 2]])),
      startOf('}(', 'G\x7f\xf8\0\0\0\0\0\0K\x01', 'G\x7f\xf8\0\0\0\0\0\0K\x02', 'u'),
    ],
    ['a list as a key', delivered(new Map([[[], 1]])), startOf('}]K\x01s')],
    [
      'keys that reserve room for themselves',
      delivered([{ 1022: null }, { 4294967294: null }]),
      startOf('](}', text('1022'), 'Ns}', text('4294967294'), 'Nse'),
    ],
    [
      'a number as a key behind texts',
      delivered(
        new Map<unknown, unknown>([
          ['a', 1],
          [2, 3],
        ]),
      ),
      startOf('}(', text('a'), 'K\x01K\x02K\x03u'),
    ],
  ]),
  ...framesOf('msgpack', [
    [
      'the key of the prototype in MessagePack',
      delivered(proto),
      packedStartOf('\x81\xa9__proto__\x81\xa8polluted\x01'),
    ],
    ['a key twice in MessagePack', delivered({ a: 2 }), packedStartOf('\x82\xa1a\x01\xa1a\x02')],
    ['a map as a key in MessagePack', delivered(new Map([[{}, 1]])), packedStartOf('\x81\x80\x01')],
    [
      'NaN as a key in MessagePack',
      delivered(new Map([[NaN, 1]])),
      packedStartOf(`\x81\xcb\x7f\xf8\0\0\0\0\0\0\x01`),
    ],
    [
      'a map that only looks like an array',
      delivered({ nd: true, type: '<f8' }),
      packedStartOf('\x82\xa2nd\xc3\xa4type\xa3<f8'),
    ],
  ]),
  ...framesOf('json', [
    [
      'the key of the prototype in JSON',
      delivered(proto),
      jsonStartOf('{"__proto__": {"polluted": 1}}'),
    ],
    [
      'the key of the prototype in JSON, beside a NaN',
      delivered([NaN, proto]),
      jsonStartOf('[NaN, {"__proto__": {"polluted": 1}}]'),
    ],
    ['a key twice in JSON', delivered({ a: 2 }), jsonStartOf('{"a": 1, "a": 2}')],
    [
      'keys that reserve room for themselves, in JSON beside a NaN',
      delivered([NaN, ...Array.from({ length: 20_000 }, () => ({ 1022: 0 }))]),
      jsonStartOf(`[NaN${', {"1022": 0}'.repeat(20_000)}]`),
    ],
  ]),
]
