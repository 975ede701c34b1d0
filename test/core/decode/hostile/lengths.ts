import { bytesOf, uint32, uint64 } from '../../../support/bytes.js'
import {
  delivered,
  dropped,
  framesOf,
  type HostileFrame,
  jsonStartOf,
  packedStartOf,
  startOf,
} from './hostile-frame.js'

const million = '9'.repeat(1_000_000)

/** Lengths that aren't true, and numbers that are too long. */
export const lengths: readonly HostileFrame[] = [
  ...framesOf('pickle', [
    ['BINUNICODE8 of 2**63 bytes', dropped('bad-payload'), startOf('\x8d', uint64(2n ** 63n), 'x')],
    ['BINBYTES8 of 2**60 bytes', dropped('bad-payload'), startOf('\x8e', uint64(2n ** 60n), 'x')],
    ['BYTEARRAY8 of 2**40 bytes', dropped('bad-payload'), startOf('\x96', uint64(2n ** 40n), 'x')],
    ['BINBYTES of 4 GB', dropped('bad-payload'), startOf('B\xff\xff\xff\xff')],
    ['BINSTRING of -1 bytes', dropped('bad-payload'), startOf('T\xff\xff\xff\xff')],
    ['LONG4 of -1 bytes', dropped('bad-payload'), startOf('\x8b\xff\xff\xff\xff')],
    ['LONG4 of -2**31 bytes', dropped('bad-payload'), startOf('\x8b\0\0\0\x80')],
    [
      'LONG4 of a million bytes',
      dropped('too-large'),
      startOf('\x8b', uint32(1_000_000), Buffer.alloc(1_000_000, 1)),
    ],
    ['LONG of a million digits', dropped('too-large'), startOf(`L${million}L\n`)],
    ['FLOAT of a million digits', dropped('bad-payload'), startOf(`F${million}\n`)],
    [
      'a pickle frame of 2**64 - 1 bytes',
      dropped('bad-payload'),
      bytesOf('\x80\x04\x95', uint64(2n ** 64n - 1n), 'N.'),
    ],
  ]),
  ...framesOf('msgpack', [
    ['a MessagePack text of 4 GB', dropped('bad-payload'), packedStartOf('\xdb\xff\xff\xff\xff')],
    ['MessagePack bytes of 4 GB', dropped('bad-payload'), packedStartOf('\xc6\xff\xff\xff\xff')],
    [
      'a MessagePack array of 4 billion',
      dropped('bad-payload'),
      packedStartOf('\xdd\xff\xff\xff\xff\xc0'),
    ],
    [
      'a MessagePack map of 4 billion',
      dropped('bad-payload'),
      packedStartOf('\xdf\xff\xff\xff\xff\xc0'),
    ],
    [
      'a MessagePack extension of 4 GB',
      dropped('bad-payload'),
      packedStartOf('\xc9\xff\xff\xff\xff\x01'),
    ],
    [
      'long MessagePack arrays in each other',
      dropped('too-deep'),
      packedStartOf(Buffer.alloc(200_000, '\xdc\xff\xff', 'latin1')),
    ],
  ]),
  ...framesOf('json', [
    ['a JSON integer of a million digits', dropped('too-large'), jsonStartOf(million)],
    ['a JSON float beyond all floats', delivered(Infinity), jsonStartOf('1e400')],
    [
      'a JSON float of a million digits',
      delivered(1 / 3),
      jsonStartOf(`0.${'3'.repeat(1_000_000)}`),
    ],
  ]),
]
