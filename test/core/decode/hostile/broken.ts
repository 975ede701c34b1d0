import { bytesOf, uint64 } from '../../../support/bytes.js'
import { array, dtype, named, text } from '../../../support/pickle-parts.js'
import {
  delivered,
  dropped,
  framesOf,
  type HostileFrame,
  jsonStartOf,
  packedStartOf,
  startOf,
} from './hostile-frame.js'

const deep = 100_000
const list = ']'.repeat(deep) + 'a'.repeat(deep - 1)

/** What nests too deep, contains itself, or is not in the format at all. */
export const broken: readonly HostileFrame[] = [
  ...framesOf('pickle', [
    ['lists in each other, a hundred thousand deep', dropped('too-deep'), startOf(list)],
    [
      'tuples in each other, a hundred thousand deep',
      dropped('too-deep'),
      startOf('N', '\x85'.repeat(deep)),
    ],
    [
      'states of objects in each other',
      dropped('too-deep'),
      startOf(named('a', 'B'), '\x940', 'h\0)R'.repeat(1000), 'b'.repeat(999)),
    ],
    ['a list in itself', dropped('cyclic'), startOf(']\x94h\0a')],
    ['a dict in itself', dropped('cyclic'), startOf('}\x94', text('me'), 'h\0s')],
    [
      'an object in its own state',
      dropped('cyclic'),
      startOf(named('collections', 'Counter'), ')R\x94h\0b'),
    ],
    ['an object array in itself', dropped('cyclic'), startOf(objectsInThemselves())],
    ['too few values on the stack', dropped('bad-payload'), startOf('(N\x87')],
    ['a pickle without a STOP', dropped('bad-payload'), bytesOf('\x80\x04}')],
    ['a pickle cut in its middle', dropped('bad-payload'), startOf('N').slice(0, 20)],
    ['a tuple without its MARK', dropped('bad-payload'), bytesOf('\x80\x04t.')],
    ['an opcode that does not exist', dropped('bad-payload'), startOf('\xff')],
    ['a key without its value', dropped('bad-payload'), startOf('}(Nu')],
    ['nothing at a place of the memo', dropped('bad-payload'), startOf('h\x63')],
    ['text that is not UTF-8', dropped('bad-payload'), startOf('\x8c\x02\xc3\x28')],
    ['a lone surrogate', delivered('\ud800'), startOf('\x8c\x03\xed\xa0\x80')],
    ['a str of Python 2 that is not ASCII', dropped('bad-payload'), startOf('U\x01\xe9')],
    [
      'a frame that ends before its opcodes do',
      delivered(null),
      bytesOf('\x80\x04\x95', uint64(2n), startOf('N').subarray(2)),
    ],
  ]),
  ...framesOf('msgpack', [
    [
      'MessagePack nested a hundred thousand deep',
      dropped('too-deep'),
      packedStartOf(Buffer.alloc(deep, 0x91), '\xc0'),
    ],
    ['the byte that nothing begins with', dropped('bad-payload'), packedStartOf('\xc1')],
    ['MessagePack text that is not UTF-8', dropped('bad-payload'), packedStartOf('\xa2\xc3\x28')],
    ['MessagePack cut in its middle', dropped('bad-payload'), packedStartOf('\x92\xc0')],
  ]),
  ...framesOf('json', [
    [
      'JSON nested a hundred thousand deep',
      dropped('too-deep'),
      jsonStartOf('['.repeat(deep) + ']'.repeat(deep)),
    ],
    ['JSON cut in its middle', dropped('bad-payload'), jsonStartOf('[').slice(0, -1)],
    ['JSON that is not UTF-8', dropped('bad-payload'), bytesOf('{"uid": "\xff"}')],
    ['a lone surrogate in JSON', delivered('\ud800'), jsonStartOf('"\\ud800"')],
    [
      'JSON behind a byte order mark',
      dropped('bad-payload'),
      bytesOf('\xef\xbb\xbf', jsonStartOf('1')),
    ],
    ['JSON with a comment', dropped('bad-payload'), jsonStartOf('1 /* one */')],
    ['JSON with a text as Python writes it', dropped('bad-payload'), jsonStartOf("'a'")],
    ['a bare NaN', delivered(NaN), jsonStartOf('NaN')],
    ['a bare NaN as a key', dropped('bad-payload'), jsonStartOf('{"a": 1, NaN : 1}')],
    [
      'a text that looks like our own mark for NaN',
      delivered(['\ufdd0NaN', NaN]),
      jsonStartOf('["\\ufdd0NaN", NaN]'),
    ],
  ]),
]

/** An array of one object, which is the array. */
function objectsInThemselves(): Uint8Array {
  const made = array(dtype('O8', { order: '|' }), [1], bytesOf(']h\0a'))
  // MEMOIZE behind the REDUCE of _reconstruct
  const at = Buffer.from(made).indexOf(bytesOf('tR')) + 2
  return bytesOf(made.subarray(0, at), '\x94', made.subarray(at))
}
