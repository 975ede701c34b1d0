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
