import { autoDecoder } from '../../../../packages/core/src/decode/decoders.js'
import { bytesOf } from '../../../support/bytes.js'
import {
  delivered,
  dropped,
  framesOf,
  type HostileFrame,
  jsonStartOf,
  startOf,
} from './hostile-frame.js'

const start = jsonStartOf('1')
const gzip = bytesOf('\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0\0')

/** What is wrong with a frame before its payload is decoded, or with the document as a whole. */
export const heads: readonly HostileFrame[] = [
  ...framesOf('frame', [
    ['an empty frame', dropped('bad-frame'), bytesOf()],
    ['a frame without a space', dropped('bad-frame'), bytesOf('hello')],
    ['a frame with one space', dropped('bad-frame'), bytesOf('start {}')],
    ['a name that is no document', dropped('unknown-name'), bytesOf(' bulk ', start)],
    ['a name of every object', dropped('unknown-name'), bytesOf(' constructor ', start)],
    [
      'a name of a megabyte',
      dropped('unknown-name'),
      bytesOf(' ', 'n'.repeat(1_000_000), ' ', start),
    ],
    ['a name that is not UTF-8', dropped('unknown-name'), bytesOf(' sta\xffrt ', start)],
    ['a name with control characters', dropped('unknown-name'), bytesOf(' \x1b[2Jstart\n ', start)],
    ['a prefix that is not ours', { kind: 'ignored' }, bytesOf('ours2 start ', start)],
    ['an empty payload', dropped('bad-payload'), bytesOf(' start ')],
  ]),
  ...framesOf('json', [
    ['a text that is none of the formats', dropped('bad-payload'), bytesOf('hello')],
    ['zeros', dropped('bad-payload'), new Uint8Array(100)],
    ['compressed bytes', dropped('bad-payload'), gzip],
    ['a document without its uid', dropped('invalid'), bytesOf('{"time": 0}')],
    ['a uid that is no text', dropped('invalid'), bytesOf('{"uid": {}, "time": 0}')],
  ]),
  ...framesOf('msgpack', [
    [
      'MessagePack by its first byte, JSON behind it',
      dropped('bad-payload'),
      bytesOf('\x81', start),
    ],
    [
      'bytes behind the MessagePack',
      dropped('bad-payload'),
      bytesOf('\x82\xa3uid\xa1h\xa4time\0\0'),
    ],
  ]),
  ...framesOf('pickle', [
    ['a pickle of an unknown protocol', dropped('bad-payload'), bytesOf('\x80\x06}.')],
    ['bytes behind the STOP', delivered(null), bytesOf(startOf('N'), 'cos\nsystem\n')],
    ['a pickle of no dict', dropped('invalid'), bytesOf('\x80\x04K\x01.')],
  ]),
  {
    name: 'a payload beyond maxBytes',
    serializer: 'pickle',
    bytes: startOf('X\xe8\x03\0\0', 'x'.repeat(1000)),
    fate: dropped('too-large'),
    decoder: autoDecoder({ maxBytes: 1000 }),
  },
]
