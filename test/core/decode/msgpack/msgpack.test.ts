import { describe, expect, it } from 'vitest'

import { msgpackDecoder } from '../../../../packages/core/src/decode/decoders.js'
import {
  canonicalJson,
  fromLosslessJson,
} from '../../../../packages/core/src/documents/values/lossless-json.js'
import { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { bytesOf, codeThrownBy } from '../../../support/bytes.js'
import { pythonCases } from '../../../support/python-cases.js'
import { itRefuses, type Refusal } from '../../../support/refusals.js'

const decoder = msgpackDecoder()

describe('what msgpack and msgpack_numpy pack decodes to the same value', () => {
  it.each(pythonCases('decode/msgpack_cases.py').map((one) => [one.name, one] as const))(
    '%s',
    (_, { payload, expected }) => {
      const wanted = canonicalJson(fromLosslessJson(expected))
      expect(canonicalJson(decoder.decode(payload))).toBe(wanted)
    },
  )

  it('arrays marked by strings rather than bytes', () => {
    const map = bytesOf(
      '\x85\xa2nd\xc3\xa4type\xa3<u2\xa4kind\xa0\xa5shape\x91\x02\xa4data\xc4\x04\x01\0\x02\0',
    )
    expect(decoder.decode(map)).toEqual(new NDArray('<u2', [2], Uint16Array.of(1, 2)))
  })

  it.each([
    ['an array without a dtype', '\x83\xa2nd\xc3\xa5shape\x91\x01\xa4data\xc4\x01\0'],
    [
      'an array of a dtype that is a number',
      '\x84\xa2nd\xc3\xa4type\x05\xa5shape\x91\x01\xa4data\xc4\x01\0',
    ],
    ['an array without a shape', '\x83\xa2nd\xc3\xa4type\xa2u1\xa4data\xc4\x01\0'],
    [
      'an array whose shape is a number',
      '\x84\xa2nd\xc3\xa4type\xa2u1\xa5shape\x01\xa4data\xc4\x01\0',
    ],
    ['a complex number without its text', '\x82\xa7complex\xc3\xa4data\x05'],
  ])('a map that only looks like %s stays a map', (_, map) => {
    const keys = map.match(/nd|type|shape|data|complex/g)
    expect(Object.keys(decoder.decode(bytesOf(map)) as object)).toEqual(keys)
  })

  it('single precision floats', () => {
    expect(decoder.decode(bytesOf('\xca\x3f\xc0\0\0'))).toBe(1.5)
  })

  it('other extensions as opaque objects', () => {
    const wanted = new OpaqueObject('msgpack', 'ExtType', [5, Uint8Array.of(1, 2)])
    expect(decoder.decode(bytesOf('\xd5\x05\x01\x02'))).toEqual(wanted)
    expect(decoder.decode(bytesOf('\xc7\x02\x05\x01\x02'))).toEqual(wanted)
  })

  it('timestamps that no datetime can hold as opaque objects', () => {
    const late = bytesOf('\xc7\x0c\xff\0\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff')
    expect(decoder.decode(late)).toMatchObject({ module: 'msgpack', name: 'ExtType' })
  })
})

const array = (type: string, shape: string, data: string) =>
  bytesOf(
    '\x85\xc4\x02nd\xc3\xc4\x04type',
    type,
    '\xc4\x04kind\xc4\0\xc4\x05shape',
    shape,
    '\xc4\x04data',
    data,
  )

const refused: readonly Refusal[] = [
  ['nothing', 'bad-payload', () => bytesOf()],
  ['the byte that nothing begins with', 'bad-payload', () => bytesOf('\xc1')],
  ['a byte behind the value', 'bad-payload', () => bytesOf('\x80\xc0')],
  ['text that is not UTF-8', 'bad-payload', () => bytesOf('\xa1\xff')],
  ['text with a surrogate', 'bad-payload', () => bytesOf('\xa3\xed\xa0\x80')],
  ['text of 4 GB', 'bad-payload', () => bytesOf('\xdb\xff\xff\xff\xff')],
  ['bytes of 4 GB', 'bad-payload', () => bytesOf('\xc6\xff\xff\xff\xff')],
  ['a list of 4 billion', 'bad-payload', () => bytesOf('\xdd\xff\xff\xff\xff\xc0')],
  ['a map of 4 billion', 'bad-payload', () => bytesOf('\xdf\xff\xff\xff\xff\xc0')],
  ['a map of more keys than bytes', 'bad-payload', () => bytesOf('\x83\x01\x01\x02\x02\x03')],
  ['an extension of 4 GB', 'bad-payload', () => bytesOf('\xc9\xff\xff\xff\xff\x01')],
  ['a timestamp of five bytes', 'bad-payload', () => bytesOf('\xc7\x05\xff\0\0\0\0\0')],
  [
    'a timestamp of too many nanoseconds',
    'bad-payload',
    () => bytesOf('\xd7\xff\xff\xff\xff\xff\0\0\0\0'),
  ],
  [
    'long lists in each other',
    'too-deep',
    () => bytesOf(Buffer.alloc(200_000, '\xdc\xff\xff', 'latin1')),
  ],
  ['lists nested too deep', 'too-deep', () => bytesOf(Buffer.alloc(100_000, 0x91), '\xc0')],
  [
    'maps nested too deep',
    'too-deep',
    () => bytesOf(Buffer.alloc(100_000, '\x81\x01', 'latin1'), '\xc0'),
  ],
  [
    'more maps than are taken',
    'too-large',
    () => bytesOf('\xdd\x00\x30\0\0', Buffer.alloc(3_145_728, 0x80)),
  ],
  [
    'an array with too few bytes',
    'bad-payload',
    () => array('\xa3<u2', '\x91\x02', '\xc4\x02\0\0'),
  ],
  [
    'an array of elements of no bytes',
    'too-large',
    () => array('\xa3<U0', '\x91\xce\0\x10\0\0', '\xc4\0'),
  ],
  ['an array of a dtype that is none', 'bad-payload', () => array('\xa3<x2', '\x91\x01', '\xc4\0')],
  ['an array of a negative length', 'bad-payload', () => array('\xa3<u2', '\x91\xff', '\xc4\0')],
  [
    'a structure whose field is no list',
    'bad-payload',
    () => array('\x91\x01', '\x91\0', '\xc4\0'),
  ],
  [
    'a structure whose field has no type',
    'bad-payload',
    () => array('\x91\x92\xa1a\x01', '\x91\0', '\xc4\0'),
  ],
  [
    'structures nested too deep',
    'too-deep',
    () => array(`${'\x91\x92\xa1a'.repeat(20)}\xa2u1`, '\x91\x01', '\xc4\x01\0'),
  ],
  [
    'an array of objects whose pickle is none',
    'bad-payload',
    () =>
      bytesOf(
        '\x85\xc4\x02nd\xc3\xc4\x04type\xa2|O\xc4\x04kind\xc4\x01O\xc4\x05shape\x91\x01\xc4\x04data\xc4\x01x',
      ),
  ],
  [
    'a complex number whose text is none',
    'bad-payload',
    () => bytesOf('\x82\xc4\x07complex\xc3\xc4\x04data\xa3abc'),
  ],
  [
    'a complex number of a million digits',
    'bad-payload',
    () => bytesOf('\x82\xc4\x07complex\xc3\xc4\x04data\xdb\0\x0f\x42\x40', '1'.repeat(1_000_000)),
  ],
]

describe('MessagePack that no packer wrote', () => {
  itRefuses(decoder, refused)

  it('is refused wherever it ends early', () => {
    const all = bytesOf(
      '\xdc\0\x0c\xc4\x01a\xcb\0\0\0\0\0\0\0\0\xcd\0\0\xd3\0\0\0\0\0\0\0\0\xa2ab\xd9\x01a\x81\xa1k\xc0',
      '\xc7\x01\x05a\xd4\x05a\xcf\0\0\0\0\0\0\0\0\xca\0\0\0\0\xde\0\0',
    )
    expect(decoder.decode(all)).toHaveLength(12)
    for (let end = 0; end < all.length; end++) {
      expect(codeThrownBy(() => decoder.decode(all.subarray(0, end)))).toBe('bad-payload')
    }
  })

  it('counts the levels of a pickle in it as its own', () => {
    const shallow = msgpackDecoder({ maxDepth: 3 })
    const pickled = (pickle: string) =>
      bytesOf(
        '\x91\x83\xc4\x02nd\xc3\xc4\x04kind\xc4\x01O\xc4\x04data\xc4',
        Uint8Array.of(pickle.length),
        pickle,
      )
    expect(shallow.decode(pickled('\x80\x04]]a.'))).toEqual([[[]]])
    expect(codeThrownBy(() => shallow.decode(pickled('\x80\x04]]]aa.')))).toBe('too-deep')
  })

  it('reaches no prototype', () => {
    const own = decoder.decode(bytesOf('\x81\xa9__proto__\x81\xa8polluted\xc3'))
    expect(Object.keys(own as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
