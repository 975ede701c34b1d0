import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../../packages/core/src/decode/decoders.js'
import { OpaqueObject } from '../../../../../packages/core/src/documents/values/opaque-object.js'
import { bytesOf, codeThrownBy, uint32, uint64 } from '../../../../support/bytes.js'
import { named, pickleOf, raw, text, tuple } from '../../../../support/pickle-parts.js'
import { itRefuses, type Refusal } from '../../../../support/refusals.js'

const broken: readonly Refusal[] = [
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
    'text that ends with the first byte of a surrogate',
    'bad-payload',
    () => pickleOf('\x8c\x01\xed'),
  ],
  [
    'float() of no float',
    'bad-payload',
    () => pickleOf(named('builtins', 'float'), tuple(text('x')), 'R'),
  ],
  [
    'int() of no integer',
    'bad-payload',
    () => pickleOf(named('builtins', 'int'), tuple(text('x')), 'R'),
  ],
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
  itRefuses(pickleDecoder(), broken)

  const decoder = pickleDecoder()

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

  it('leaves nothing behind for the next one', () => {
    expect(codeThrownBy(() => decoder.decode(pickleOf('(NN}\x94h\x09')))).toBe('bad-payload')
    expect(codeThrownBy(() => decoder.decode(pickleOf('h\0')))).toBe('bad-payload')
    expect(codeThrownBy(() => decoder.decode(pickleOf('t')))).toBe('bad-payload')
    expect(decoder.decode(pickleOf('(NNt'))).toEqual([null, null])
  })
})
