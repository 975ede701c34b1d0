import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../packages/core/src/decode/decoders.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { codeThrownBy, uint32, bytesOf } from '../../../support/bytes.js'
import { dtype, named, pickleOf, raw, text, tuple, whole } from '../../../support/pickle-parts.js'

const decoder = pickleDecoder()

/** What comes of a call of a class or function by its name. */
function called(module: string, name: string, ...args: readonly Uint8Array[]): unknown {
  return decoder.decode(pickleOf(named(module, name), tuple(...args), 'R'))
}

/** Text of characters beyond one byte. */
function wide(value: string): Uint8Array {
  const content = new TextEncoder().encode(value)
  return bytesOf('X', uint32(content.length), content)
}

describe('a class of Python that is called with nothing', () => {
  it.each([
    ['bool', false],
    ['int', 0],
    ['float', 0],
    ['str', ''],
    ['bytes', new Uint8Array(0)],
    ['list', []],
    ['dict', {}],
    ['set', []],
  ])('gives what it gives in Python: %s()', (name, value) => {
    expect(called('builtins', name)).toEqual(value)
  })
})

describe('a class that is called as no pickler calls it', () => {
  const [five, list] = [whole(5), bytesOf(']')]
  const f8 = dtype('f8')
  const calls: readonly (readonly [string, string, ...Uint8Array[]])[] = [
    ['builtins', 'dict', five],
    ['builtins', 'list', five],
    ['builtins', 'tuple', list, list],
    ['builtins', 'set', five],
    ['builtins', 'bytes', five],
    ['builtins', 'complex', text('1j')],
    ['builtins', 'bool', five],
    ['builtins', 'int', list],
    ['builtins', 'float', list],
    ['builtins', 'str', five],
    ['builtins', 'getattr', five, text('x')],
    ['collections', 'defaultdict', list, five],
    ['copyreg', '_reconstructor', five, five, five],
    ['datetime', 'date', raw('\x07\xea\x07')],
    ['datetime', 'datetime', raw('\x07\xea\x07')],
    ['datetime', 'timedelta', text('1')],
    ['datetime', 'timezone', five],
    ['zoneinfo', 'ZoneInfo', five],
    ['zoneinfo', 'ZoneInfo', bytesOf('X', uint32(300), 'x'.repeat(300))],
    ['pytz', 'FixedOffset', text('60')],
    ['numpy', 'dtype', five],
    ['numpy', 'dtype', text('f8'), list],
    ['numpy._core.multiarray', '_reconstruct', five],
    ['numpy._core.multiarray', 'scalar', five, raw('x')],
    ['numpy._core.numeric', '_frombuffer', raw('x'), f8, five],
    ['numpy._core.numeric', '_frombuffer', raw('x'), five, list],
  ]

  const cases = calls.map(([module, name, ...args]) => ({ module, name, args }))
  it.each(cases)('stays a call: $module.$name', ({ module, name, args }) => {
    const call = called(module, name, ...args)
    expect(call).toBeInstanceOf(OpaqueObject)
    expect(call).toMatchObject({ module, name })
    expect((call as OpaqueObject).args).toHaveLength(args.length)
  })

  it('is refused where Python would refuse it too', () => {
    expect(codeThrownBy(() => called('builtins', 'dict', bytesOf('](K\x01e')))).toBe('bad-payload')
    const named5 = pickleOf(named('a', 'B'), ')K\x05\x92')
    expect(codeThrownBy(() => decoder.decode(named5))).toBe('bad-payload')
  })

  it('gives what it gives in Python, where that is known', () => {
    expect(called('builtins', 'bool', bytesOf('\x88'))).toBe(true)
    const pairs = bytesOf('](', text('a'), 'K\x01\x86e')
    expect(called('builtins', 'dict', pairs)).toEqual({ a: 1 })
    expect(called('collections', 'defaultdict', named('builtins', 'int'), pairs)).toEqual({ a: 1 })
    const hour = called('pytz', 'FixedOffset', whole(60))
    expect(hour).toMatchObject({ module: 'pytz', name: 'FixedOffset', args: [60] })
  })

  it('keeps a time zone as it is, whose state is none', () => {
    const local = decoder.decode(pickleOf(named('dateutil.tz.tz', 'tzlocal'), ')\x81Nb'))
    expect(local).toMatchObject({ module: 'dateutil.tz.tz', name: 'tzlocal', args: [] })
  })
})

describe('text that is encoded', () => {
  it('becomes bytes in the encodings that a pickler writes', () => {
    for (const encoding of ['latin1', 'latin-1']) {
      expect(called('_codecs', 'encode', wide('aé'), text(encoding))).toEqual(
        Uint8Array.of(0x61, 0xe9),
      )
    }
    const utf8 = Uint8Array.of(0x61, 0xc3, 0xa9)
    expect(called('_codecs', 'encode', wide('aé'))).toEqual(utf8)
    expect(called('_codecs', 'encode', wide('aé'), text('utf8'))).toEqual(utf8)
    expect(called('builtins', 'bytes', wide('aé'), text('utf-8'))).toEqual(utf8)
  })

  it('is refused where it has no such bytes, and kept in any other encoding', () => {
    expect(codeThrownBy(() => called('_codecs', 'encode', wide('☃'), text('latin1')))).toBe(
      'bad-payload',
    )
    expect(called('_codecs', 'encode', text('a'), text('rot13'))).toEqual(
      new OpaqueObject('_codecs', 'encode', ['a', 'rot13']),
    )
    expect(called('_codecs', 'encode', whole(5))).toBeInstanceOf(OpaqueObject)
  })
})

describe('a datetime of protocol 0 and 1', () => {
  it('is read from the characters that its bytes are', () => {
    const noon = called('datetime', 'time', wide('\x0c\0\0\0\0\0')) as { isoformat(): string }
    expect(noon.isoformat()).toBe('12:00:00')
  })

  it('stays a call where its text is none of these', () => {
    for (const odd of [wide('☃\0\0\0\0\0'), wide('x'.repeat(11)), whole(5)]) {
      expect(called('datetime', 'time', odd)).toBeInstanceOf(OpaqueObject)
    }
  })
})

describe('other calls', () => {
  it('give the object itself as a NumPy scalar of an object', () => {
    const object = dtype('O8', { order: '|' })
    expect(called('numpy._core.multiarray', 'scalar', object, text('x'))).toBe('x')
  })

  it('refuse a NumPy scalar whose bytes are none', () => {
    expect(
      codeThrownBy(() => called('numpy._core.multiarray', 'scalar', dtype('f8'), whole(5))),
    ).toBe('bad-payload')
  })

  it('give a set each element once, whatever the pickle repeats', () => {
    expect(called('builtins', 'set', bytesOf('](K\x02K\x01K\x02e'))).toEqual([1, 2])
    expect(
      called('builtins', 'frozenset', bytesOf('](', text('b'), text('a'), text('a'), 'e')),
    ).toEqual(['a', 'b'])
    expect(called('builtins', 'bytearray', raw('ab'))).toEqual(Uint8Array.of(97, 98))
  })
})
