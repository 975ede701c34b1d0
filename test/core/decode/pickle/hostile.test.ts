import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../packages/core/src/decode/decoders.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { bytesOf, codeThrownBy, uint32, uint64 } from '../../../support/bytes.js'
import {
  array,
  dtype,
  named,
  pickleOf,
  raw,
  structure,
  text,
  tuple,
  whole,
} from '../../../support/pickle-parts.js'

type Refused = readonly [name: string, code: string, make: () => Uint8Array]

/** Lists of ten references to the list before: 10 ** levels values in a few hundred bytes. */
function laughs(levels: number, innermost: Uint8Array): Uint8Array {
  const lists = Array.from({ length: levels }, (_, level) =>
    bytesOf('](', `h${String.fromCharCode(level)}`.repeat(10), 'e\x94'),
  )
  return pickleOf(innermost, '\x94', ...lists)
}

function repeated(count: number, part: string): Uint8Array {
  return Buffer.alloc(count * part.length, part, 'latin1')
}

const f8 = dtype('f8')
const u1 = dtype('u1')
/** Of an odd length, so that what follows lies unaligned. */
const manyBytes = raw('\0'.repeat(100_001))
const longText = bytesOf('X', uint32(100_000), 'x'.repeat(100_000))

const expanding: readonly Refused[] = [
  ['a billion laughs', 'too-large', () => laughs(9, bytesOf(']'))],
  ['laughs of a long string', 'too-large', () => laughs(6, longText)],
  ['laughs of bytes', 'too-large', () => laughs(6, manyBytes)],
  ['laughs of an array', 'too-large', () => laughs(6, array(u1, [100_001], manyBytes))],
  ['laughs by DUP', 'too-large', () => pickleOf(']', '2\x86'.repeat(40))],
  [
    'a long string at many places',
    'too-large',
    () => pickleOf(longText, '\x940(', repeated(90_000, 'h\0'), 't'),
  ],
  [
    'a long key of many dicts',
    'too-large',
    () => pickleOf(longText, '\x940(', repeated(90_000, '}h\0Ns'), 't'),
  ],
  [
    'a long string encoded many times',
    'too-large',
    () =>
      pickleOf(
        longText,
        '\x940',
        named('_codecs', 'encode'),
        '\x940(',
        repeated(5000, 'h\x01h\0\x8c\x06latin1\x86R'),
        't',
      ),
  ],
  [
    'the same bytes in many arrays',
    'too-large',
    () =>
      pickleOf(
        raw('\0'.repeat(100_008)),
        '\x940',
        f8,
        '\x940',
        named('numpy._core.numeric', '_frombuffer'),
        '\x940(',
        repeated(5000, 'h\x02(h\0h\x01M\xd5\x30\x85\x8c\x01CtR'),
        't',
      ),
  ],
  [
    'the same arguments of many objects',
    'too-large',
    () =>
      pickleOf(
        tuple(bytesOf(repeated(50_000, 'N'))),
        '\x940(',
        named('a', 'B'),
        ')R\x94',
        repeated(10_000, 'h\x01h\0R'),
        't',
      ),
  ],
  ['a name that grows', 'too-large', () => pickleOf(growingNames(60_000))],
  [
    'byte strings of one byte',
    'too-large',
    () =>
      pickleOf(
        array(dtype('S1', { order: '|', itemsize: 1 }), [3_000_000], raw(Buffer.alloc(3_000_000))),
      ),
  ],
  [
    'complex numbers',
    'too-large',
    () => pickleOf(array(dtype('c8'), [2_500_000], raw(Buffer.alloc(20_000_000)))),
  ],
  ['more dicts than are taken', 'too-large', () => pickleOf('(', repeated(3_000_000, '}'), 't')],
  ['more values than are taken', 'too-large', () => pickleOf(repeated(9_000_000, 'N'))],
  ['more marks than are taken', 'too-large', () => pickleOf(repeated(9_000_000, '('))],
  ['a longer memo than is taken', 'too-large', () => pickleOf('N', repeated(9_000_000, '\x94'))],
]

/** getattr(C, name), of that again, and so on: names that grow by one that is in the memo. */
function growingNames(times: number): Uint8Array {
  return bytesOf(
    named('builtins', 'getattr'),
    '\x940',
    bytesOf('X', uint32(50), 'n'.repeat(50)),
    '\x940',
    named('m', 'C'),
    '\x94',
    repeated(times, 'q\x020h\0h\x02h\x01\x86R'),
  )
}

const nesting: readonly Refused[] = [
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

const lengths: readonly Refused[] = [
  ['BINUNICODE8 of 2**63 bytes', 'bad-payload', () => pickleOf('\x8d', uint64(2n ** 63n), 'x')],
  ['BINBYTES8 of 2**60 bytes', 'bad-payload', () => pickleOf('\x8e', uint64(2n ** 60n), 'x')],
  ['BYTEARRAY8 of 2**64 - 1 bytes', 'bad-payload', () => pickleOf('\x96', uint64(2n ** 64n - 1n))],
  ['BINBYTES of 4 GB', 'bad-payload', () => pickleOf('B\xff\xff\xff\xff')],
  ['BINUNICODE of 4 GB', 'bad-payload', () => pickleOf('X\xff\xff\xff\xff')],
  ['BINSTRING of -1 bytes', 'bad-payload', () => pickleOf('T\xff\xff\xff\xff')],
  ['LONG4 of -1 bytes', 'bad-payload', () => pickleOf('\x8b\xff\xff\xff\xff')],
  ['LONG4 of 2 GB', 'bad-payload', () => pickleOf('\x8b\xff\xff\xff\x7f')],
  [
    'LONG4 of more than 4300 digits',
    'too-large',
    () => pickleOf('\x8b', uint32(1787), 'x'.repeat(1787)),
  ],
  [
    'LONG4 of a million bytes',
    'too-large',
    () => pickleOf('\x8b', uint32(1_000_000), Buffer.alloc(1_000_000, 1)),
  ],
  ['LONG of more than 4300 digits', 'too-large', () => bytesOf(`L${'9'.repeat(4301)}L\n.`)],
  ['INT of a million digits', 'too-large', () => bytesOf(`I${'9'.repeat(1_000_000)}\n.`)],
  [
    'FLOAT of a million digits that is none',
    'bad-payload',
    () => bytesOf(`F${'9'.repeat(1_000_000)}x\n.`),
  ],
  ['INT of a million blanks', 'bad-payload', () => bytesOf(`I${' '.repeat(1_000_000)}x\n.`)],
  [
    'a frame longer than the payload',
    'bad-payload',
    () => bytesOf('\x80\x04\x95', uint64(100n), 'N.'),
  ],
  [
    'a frame of 2**64 - 1 bytes',
    'bad-payload',
    () => bytesOf('\x80\x04\x95', uint64(2n ** 64n - 1n), 'N.'),
  ],
  ['place 4e9 in the memo', 'too-large', () => pickleOf('Nr', uint32(4_000_000_000))],
  ['place 1e14 in the memo, as text', 'too-large', () => pickleOf('Np100000000000000\n')],
  ['place 1e300 in the memo, as text', 'bad-payload', () => pickleOf(`Np1${'0'.repeat(300)}\n`)],
  ['place -1 in the memo', 'bad-payload', () => pickleOf('Np-1\n')],
  ['nothing at place 4e9 of the memo', 'bad-payload', () => pickleOf('j', uint32(4_000_000_000))],
  ['nothing at place 0 of the memo', 'bad-payload', () => pickleOf('h\0')],
]

const arrays: readonly Refused[] = [
  [
    'fewer bytes than the shape says',
    'bad-payload',
    () => pickleOf(array(f8, [3], raw('\0'.repeat(16)))),
  ],
  [
    'more bytes than the shape says',
    'bad-payload',
    () => pickleOf(array(f8, [1], raw('\0'.repeat(16)))),
  ],
  ['no bytes at all', 'bad-payload', () => pickleOf(array(f8, [1_000_000_000], raw('')))],
  [
    'a shape whose product overflows',
    'too-large',
    () => pickleOf(array(f8, [2 ** 40, 2 ** 40], raw(''))),
  ],
  ['a negative length', 'bad-payload', () => pickleOf(array(f8, [-1], raw('')))],
  [
    'lengths that make a product of 1 of -1',
    'bad-payload',
    () => pickleOf(array(f8, [-1, -1], raw('\0'.repeat(8)))),
  ],
  [
    '65 dimensions',
    'bad-payload',
    () => pickleOf(array(f8, new Array<number>(65).fill(1), raw('\0'.repeat(8)))),
  ],
  [
    'a shape that is a string',
    'bad-payload',
    () => pickleOf(reconstructed(tuple(whole(1), text('x'), f8, bytesOf('\x89'), raw('')))),
  ],
  ['a state that is none', 'bad-payload', () => pickleOf(reconstructed(bytesOf('N')))],
  [
    'a dtype that is none',
    'bad-payload',
    () => pickleOf(reconstructed(tuple(whole(1), tuple(), text('f8'), bytesOf('\x89'), raw('')))),
  ],
  [
    'elements of no bytes',
    'too-large',
    () => pickleOf(array(dtype('U0', { itemsize: 0 }), [1_000_000], raw(''))),
  ],
  [
    'raw memory of no bytes',
    'too-large',
    () => pickleOf(array(dtype('V0', { order: '|', itemsize: 0 }), [1_000_000], raw(''))),
  ],
  [
    'structures of nothing',
    'too-large',
    () => pickleOf(array(structure(0, {}), [1_000_000], raw(''))),
  ],
  [
    'elements of no bytes, in many arrays',
    'too-large',
    () =>
      pickleOf(
        '(',
        ...Array.from({ length: 200 }, () => array(dtype('U0', { itemsize: 0 }), [1000], raw(''))),
        't',
      ),
  ],
  ['a million empty lists', 'too-large', () => pickleOf(array(f8, [1_000_000, 0], raw('')))],
  [
    'a trillion empty lists',
    'too-large',
    () => pickleOf(array(f8, [1_000_000, 1_000_000, 0], raw(''))),
  ],
  ['a field outside of its structure', 'bad-payload', () => pickleOf(structure(8, { a: [f8, 1] }))],
  [
    'a structure smaller than its field',
    'bad-payload',
    () => pickleOf(structure(4, { a: [f8, 0] })),
  ],
  ['structures that overlap', 'too-large', () => pickleOf(overlapping(14))],
  ['structures nested too deep', 'too-deep', () => pickleOf(deepStructure(20))],
  [
    'an inner array that is larger than its element',
    'bad-payload',
    () => pickleOf(inner(8, tuple(whole(2)))),
  ],
  [
    'an inner array of a million empty lists',
    'bad-payload',
    () => pickleOf(inner(0, tuple(whole(1_000_000), whole(0)))),
  ],
  ['a dtype of another size than its kind has', 'bad-payload', () => pickleOf(dtype('i3'))],
  [
    'a dtype of a negative size',
    'bad-payload',
    () => pickleOf(dtype('V5', { order: '|', itemsize: -5 })),
  ],
  ['a dtype of half a character', 'bad-payload', () => pickleOf(dtype('U5', { itemsize: 5 }))],
  [
    'a dtype that is a long text',
    'bad-payload',
    () => pickleOf(named('numpy', 'dtype'), tuple(longText), 'R'),
  ],
  [
    'objects that are bytes',
    'bad-payload',
    () => pickleOf(array(dtype('O8', { order: '|' }), [1], raw('\0'.repeat(8)))),
  ],
  ['numbers that are a list', 'bad-payload', () => pickleOf(array(f8, [1], bytesOf(']Na')))],
  [
    'a character beyond Unicode',
    'bad-payload',
    () => pickleOf(array(dtype('U1', { itemsize: 4 }), [1], raw('\0\0\x11\0'))),
  ],
  [
    'a scalar of the wrong size',
    'bad-payload',
    () => pickleOf(named('numpy._core.multiarray', 'scalar'), tuple(f8, raw('\0')), 'R'),
  ],
]

function reconstructed(state: Uint8Array): Uint8Array {
  const empty = tuple(named('numpy', 'ndarray'), tuple(whole(0)), raw('b'))
  return bytesOf(named('numpy._core.multiarray', '_reconstruct'), empty, 'R', state, 'b')
}

/** A structure of two fields at one place, each of two fields at one place, and so on. */
function overlapping(levels: number): Uint8Array {
  let type = u1
  for (let level = 0; level < levels; level++) {
    type = bytesOf(type, '\x940', structure(1, { a: [again(level), 0], b: [again(level), 0] }))
  }
  return array(type, [200], raw('\0'.repeat(200)))
}

function again(level: number): Uint8Array {
  return bytesOf('h', Uint8Array.of(level))
}

function deepStructure(levels: number): Uint8Array {
  let type = u1
  for (let level = 0; level < levels; level++) type = structure(1, { a: [type, 0] })
  return type
}

function inner(itemsize: number, shape: Uint8Array): Uint8Array {
  return dtype(`V${itemsize}`, { order: '|', subdtype: tuple(f8, shape), itemsize })
}

const broken: readonly Refused[] = [
  ['nothing', 'bad-payload', () => bytesOf()],
  ['an unknown opcode', 'bad-payload', () => pickleOf('\xff')],
  ['protocol 6', 'bad-payload', () => bytesOf('\x80\x06N.')],
  ['STOP without a value', 'bad-payload', () => pickleOf()],
  ['STOP behind a mark', 'bad-payload', () => pickleOf('N(')],
  ['a reference to something outside', 'bad-payload', () => pickleOf('Pid\n')],
  ['a reference to something outside, on the stack', 'bad-payload', () => pickleOf('NQ')],
  ['the extension registry', 'bad-payload', () => pickleOf('\x82\x01')],
  ['the extension registry, two bytes', 'bad-payload', () => pickleOf('\x83\x01\x01')],
  ['the extension registry, four bytes', 'bad-payload', () => pickleOf('\x84\x01\x01\x01\x01')],
  ['a buffer sent apart', 'bad-payload', () => pickleOf('\x97')],
  ['a read-only buffer', 'bad-payload', () => pickleOf('N\x98')],
  ['a tuple without a mark', 'bad-payload', () => pickleOf('Nt')],
  ['a pair of one', 'bad-payload', () => pickleOf('N\x86')],
  ['a pair across a mark', 'bad-payload', () => pickleOf('N(N\x86')],
  ['a triple of two', 'bad-payload', () => pickleOf('NN\x87')],
  ['a tuple of nothing', 'bad-payload', () => pickleOf('\x85')],
  ['POP of nothing', 'bad-payload', () => pickleOf('0')],
  ['DUP of nothing', 'bad-payload', () => pickleOf('2')],
  ['MEMOIZE of nothing', 'bad-payload', () => pickleOf('\x94')],
  ['PUT of nothing', 'bad-payload', () => pickleOf('q\0')],
  ['a key without a value', 'bad-payload', () => pickleOf('}(Nu')],
  ['a dict of three', 'bad-payload', () => pickleOf('(NNNd')],
  ['items for no dict', 'bad-payload', () => pickleOf('N(NNu')],
  ['items for nothing', 'bad-payload', () => pickleOf('(NNu')],
  ['an item for a number', 'bad-payload', () => pickleOf('K\x01Na')],
  ['an item for a class', 'bad-payload', () => pickleOf(named('a', 'B'), 'Na')],
  ['a class named by a number', 'bad-payload', () => pickleOf('K\x01', text('B'), '\x93')],
  ['a call of a number', 'bad-payload', () => pickleOf('K\x01)R')],
  ['a call with a number', 'bad-payload', () => pickleOf(named('a', 'B'), 'K\x01R')],
  ['a state for nothing', 'bad-payload', () => pickleOf('Nb')],
  ['OBJ of nothing', 'bad-payload', () => pickleOf('(o')],
  ['text that is not UTF-8', 'bad-payload', () => pickleOf('\x8c\x01\xff')],
  [
    'long text that is not UTF-8',
    'bad-payload',
    () => pickleOf('X', uint32(100), '\xe9'.repeat(100)),
  ],
  ['a class whose name is not UTF-8', 'bad-payload', () => bytesOf('c\xff\nB\n.')],
  [
    'month 13',
    'bad-payload',
    () => pickleOf(named('datetime', 'date'), tuple(raw('\x07\xea\x0d\x01')), 'R'),
  ],
  [
    'an hour 24',
    'bad-payload',
    () => pickleOf(named('datetime', 'time'), tuple(raw('\x18\0\0\0\0\0')), 'R'),
  ],
  [
    'a thousand time zones',
    'too-large',
    () =>
      pickleOf('(', ...Array.from({ length: 1000 }, (_, i) => datetimeIn(`Nowhere/Zone${i}`)), 't'),
  ],
]

function datetimeIn(zone: string): Uint8Array {
  return bytesOf(
    named('datetime', 'datetime'),
    tuple(
      raw('\x07\xea\x07\x02\x03\x04\x05\0\0\x06'),
      bytesOf(named('zoneinfo', 'ZoneInfo._unpickle'), tuple(text(zone)), 'R'),
    ),
    'R',
  )
}

describe('a pickle that no pickler wrote', () => {
  const decoder = pickleDecoder()
  const limit = 5000

  it.each([...expanding, ...nesting, ...lengths, ...arrays, ...broken])(
    'is refused: %s (%s)',
    (_, code, make) => {
      const payload = make()
      const began = performance.now()
      expect(codeThrownBy(() => decoder.decode(payload))).toBe(code)
      expect(performance.now() - began).toBeLessThan(limit)
    },
  )

  it('is refused wherever it ends early', () => {
    const all = pickleOf(
      '\x95',
      uint64(1n),
      '}\x94(',
      text('key'),
      '\x8a\x02\x00\x01G\0\0\0\0\0\0\0\0X\x02\0\0\0abB\x01\0\0\0x\x8d',
      uint64(1n),
      'aM\x01\x01J\x01\x01\x01\x01h\0q\x07j\x07\0\0\0cmod\nname\nI5\nL5L\nF5\nS"x"\nVx\ng7\np8\n',
      '0000000000000N\x86\x87tNNu',
    )
    for (let end = 0; end < all.length - 1; end++) {
      expect(codeThrownBy(() => decoder.decode(all.subarray(0, end)))).toBe('bad-payload')
    }
  })

  it('calls nothing: what it names is kept as it is', () => {
    const system = pickleOf(named('os', 'system'), tuple(text('echo pwned')), 'R')
    expect(decoder.decode(system)).toEqual(new OpaqueObject('os', 'system', ['echo pwned']))
    const evaluated = bytesOf("cbuiltins\neval\n(S'1+1'\ntR.")
    expect(decoder.decode(evaluated)).toEqual(new OpaqueObject('builtins', 'eval', ['1+1']))
    const inherited = pickleOf(named('constructor', 'constructor'), tuple(text('return 1')), 'R')
    expect(decoder.decode(inherited)).toEqual(
      new OpaqueObject('constructor', 'constructor', ['return 1']),
    )
  })

  it('reaches no prototype', () => {
    const own = decoder.decode(pickleOf('}', text('__proto__'), '}', text('polluted'), '\x88ss'))
    expect(Object.getPrototypeOf(own)).toBe(Object.prototype)
    expect(Object.keys(own as object)).toEqual(['__proto__'])
    const many = decoder.decode(
      pickleOf('}(', text('a'), 'N', text('__proto__'), '}', text('constructor'), 'Nu'),
    )
    expect(Object.getOwnPropertyNames(many)).toEqual(['a', '__proto__', 'constructor'])
    expect(Object.getPrototypeOf(many)).toBe(Object.prototype)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('ends at STOP, as for Python', () => {
    expect(decoder.decode(bytesOf('\x80\x04K\x07.anything else'))).toBe(7)
  })

  it('may leave values on the stack, as for Python', () => {
    expect(decoder.decode(pickleOf('NNK\x07'))).toBe(7)
  })

  it('takes as many levels as maxDepth says, and not one more', () => {
    const lists = (depth: number) => pickleOf(']'.repeat(depth), 'a'.repeat(depth - 1))
    expect(JSON.stringify(decoder.decode(lists(256)))).toBe('['.repeat(256) + ']'.repeat(256))
    expect(codeThrownBy(() => decoder.decode(lists(257)))).toBe('too-deep')
    const shallow = pickleDecoder({ maxDepth: 3 })
    expect(shallow.decode(lists(3))).toEqual([[[]]])
    expect(codeThrownBy(() => shallow.decode(lists(4)))).toBe('too-deep')
  })

  it('is not looked at beyond maxBytes', () => {
    const small = pickleDecoder({ maxBytes: 4 })
    expect(small.decode(pickleOf('N'))).toBe(null)
    expect(codeThrownBy(() => small.decode(pickleOf('NN')))).toBe('too-large')
  })

  it('leaves nothing behind for the next one', () => {
    expect(codeThrownBy(() => decoder.decode(pickleOf('(NN}\x94h\x09')))).toBe('bad-payload')
    expect(codeThrownBy(() => decoder.decode(pickleOf('h\0')))).toBe('bad-payload')
    expect(codeThrownBy(() => decoder.decode(pickleOf('t')))).toBe('bad-payload')
    expect(decoder.decode(pickleOf('(NNt'))).toEqual([null, null])
  })
})
