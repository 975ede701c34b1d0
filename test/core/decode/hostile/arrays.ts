import { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { bytesOf } from '../../../support/bytes.js'
import {
  array,
  dtype,
  named,
  raw,
  structure,
  text,
  tuple,
  whole,
} from '../../../support/pickle-parts.js'
import {
  delivered,
  dropped,
  framesOf,
  type HostileFrame,
  packedStartOf,
  startOf,
} from './hostile-frame.js'

const f8 = dtype('f8')
const u1 = dtype('u1')
const eight = '\0'.repeat(8)

function scalar(type: Uint8Array, content: string): Uint8Array {
  return bytesOf(named('numpy._core.multiarray', 'scalar'), tuple(type, raw(content)), 'R')
}

function deepStructure(levels: number): Uint8Array {
  let type = u1
  for (let level = 0; level < levels; level++) type = structure(1, { a: [type, 0] })
  return type
}

/** As msgpack_numpy writes it. */
function packed(type: string, shape: string, data: string, kind = ''): Uint8Array {
  const binary = (bytes: string) => bytesOf('\xc4', Uint8Array.of(bytes.length), bytes)
  return packedStartOf(
    bytesOf('\x85', binary('nd'), '\xc3', binary('type'), Uint8Array.of(0xa0 + type.length), type),
    bytesOf(binary('kind'), binary(kind), binary('shape'), shape, binary('data'), binary(data)),
  )
}

function time(name: string, state: string): Uint8Array {
  return startOf(named('datetime', name), tuple(raw(state)), 'R')
}

/** NumPy's arrays and Python's times that can't be. */
export const arrays: readonly HostileFrame[] = [
  ...framesOf('pickle', [
    [
      'a shape whose product overflows',
      dropped('too-large'),
      startOf(array(f8, [2 ** 40, 2 ** 40], raw(''))),
    ],
    ['a shape with a negative length', dropped('bad-payload'), startOf(array(f8, [-1], raw('')))],
    [
      'negative lengths with a positive product',
      dropped('bad-payload'),
      startOf(array(f8, [-1, -1], raw(eight))),
    ],
    [
      '65 dimensions',
      dropped('bad-payload'),
      startOf(array(f8, new Array<number>(65).fill(1), raw(eight))),
    ],
    [
      'fewer bytes than the shape says',
      dropped('bad-payload'),
      startOf(array(f8, [2], raw(eight))),
    ],
    ['more bytes than the shape says', dropped('bad-payload'), startOf(array(u1, [2], raw(eight)))],
    [
      'a length of zero among large ones',
      delivered(new NDArray('<f8', [0, 2 ** 40], new Float64Array(0))),
      startOf(array(f8, [0, 2 ** 40], raw(''))),
    ],
    [
      'objects given as bytes',
      dropped('bad-payload'),
      startOf(array(dtype('O8', { order: '|' }), [1], raw(eight))),
    ],
    ['numbers given as a list', dropped('bad-payload'), startOf(array(f8, [1], bytesOf(']Na')))],
    [
      'a list of objects that grows behind the array',
      delivered([new NDArray('|O', [1], [null]), [null, true]]),
      startOf(']\x940](', array(dtype('O8', { order: '|' }), [1], bytesOf('h\0Na')), 'h\0\x88ae'),
    ],
    ['a dtype that does not exist', dropped('bad-payload'), startOf(dtype('x9'))],
    [
      'a dtype of a negative size',
      dropped('bad-payload'),
      startOf(dtype('V5', { order: '|', itemsize: -5 })),
    ],
    [
      'a field outside of its structure',
      dropped('bad-payload'),
      startOf(structure(8, { a: [f8, 1] })),
    ],
    ['structures nested twenty deep', dropped('too-deep'), startOf(deepStructure(20))],
    [
      'an inner array larger than its element',
      dropped('bad-payload'),
      startOf(dtype('V8', { order: '|', subdtype: tuple(f8, tuple(whole(2))), itemsize: 8 })),
    ],
    [
      'a character beyond Unicode',
      dropped('bad-payload'),
      startOf(array(dtype('U1', { itemsize: 4 }), [1], raw('\0\0\x11\0'))),
    ],
    ['a scalar of too few bytes', dropped('bad-payload'), startOf(scalar(f8, '\0'))],
    ['month 13', dropped('bad-payload'), time('date', '\x07\xea\x0d\x01')],
    ['the year 0', dropped('bad-payload'), time('date', '\0\0\x01\x01')],
    ['hour 24', dropped('bad-payload'), time('time', '\x18\0\0\0\0\0')],
    [
      'a datetime of nine bytes',
      delivered(new OpaqueObject('datetime', 'datetime', [new Uint8Array(9)])),
      time('datetime', '\0'.repeat(9)),
    ],
    [
      'a timezone of a whole day',
      dropped('bad-payload'),
      startOf(
        named('datetime', 'timezone'),
        tuple(bytesOf(named('datetime', 'timedelta'), tuple(whole(1)), 'R')),
        'R',
      ),
    ],
    [
      'a timedelta beyond a billion days',
      dropped('bad-payload'),
      startOf(named('datetime', 'timedelta'), tuple(whole(2e9)), 'R'),
    ],
    [
      'a time zone that no one knows',
      delivered(
        new OpaqueObject('datetime', 'datetime', [
          '2026-07-02T03:04:05.000006',
          new OpaqueObject('zoneinfo', 'ZoneInfo', ['No/Where', 1]),
        ]),
      ),
      startOf(
        named('datetime', 'datetime'),
        tuple(
          raw('\x07\xea\x07\x02\x03\x04\x05\0\0\x06'),
          bytesOf(named('zoneinfo', 'ZoneInfo._unpickle'), tuple(text('No/Where'), whole(1)), 'R'),
        ),
        'R',
      ),
    ],
  ]),
  ...framesOf('msgpack', [
    [
      'a MessagePack array with too few bytes',
      dropped('bad-payload'),
      packed('<u2', '\x91\x02', '\0\0'),
    ],
    [
      'a MessagePack array of a negative length',
      dropped('bad-payload'),
      packed('<u2', '\x91\xff', ''),
    ],
    ['a MessagePack array of no dtype', dropped('bad-payload'), packed('<x2', '\x91\x01', '\0\0')],
    [
      'MessagePack objects whose pickle is none',
      dropped('bad-payload'),
      packed('|O', '\x91\x01', 'x', 'O'),
    ],
    [
      'a MessagePack complex number that is none',
      dropped('bad-payload'),
      packedStartOf('\x82\xc4\x07complex\xc3\xc4\x04data\xa3abc'),
    ],
    ['a timestamp of five bytes', dropped('bad-payload'), packedStartOf('\xc7\x05\xff\0\0\0\0\0')],
    [
      'a timestamp of 4 billion nanoseconds',
      dropped('bad-payload'),
      packedStartOf('\xd7\xff\xff\xff\xff\xff\0\0\0\0'),
    ],
    [
      'a timestamp that no calendar has',
      delivered(
        new OpaqueObject('msgpack', 'ExtType', [
          -1,
          bytesOf('\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff'),
        ]),
      ),
      packedStartOf('\xc7\x0c\xff\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff'),
    ],
  ]),
]
