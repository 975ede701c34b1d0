import { describe, expect, it } from 'vitest'

import { autoDecoder, makeDecoder } from '../../../packages/core/src/decode/decoders.js'
import { bytesOf, codeThrownBy } from '../../support/bytes.js'

describe('the auto decoder', () => {
  const decoder = autoDecoder()

  it.each([
    ['pickle of protocol 0', '(dp0\nVa\nI1\ns.'],
    ['pickle of protocol 1', '}q\0X\x01\0\0\0aK\x01s.'],
    ['pickle of protocol 1, of an OrderedDict', 'ccollections\nOrderedDict\n)RX\x01\0\0\0aK\x01s.'],
    ['pickle of protocol 2', '\x80\x02}X\x01\0\0\0aK\x01s.'],
    ['pickle of protocol 5', '\x80\x05}\x8c\x01aK\x01s.'],
    ['MessagePack', '\x81\xa1a\x01'],
    ['MessagePack with a map of 16 bits', '\xde\0\x01\xa1a\x01'],
    ['MessagePack with a map of 32 bits', '\xdf\0\0\0\x01\xa1a\x01'],
    ['JSON', '{"a": 1}'],
    ['JSON behind a blank', ' {"a": 1}'],
    ['JSON behind a line break', '\r\n\t{"a": 1}'],
  ])('knows %s by its first bytes', (_, payload) => {
    expect(decoder.decode(bytesOf(payload))).toEqual({ a: 1 })
  })

  it.each([
    ['nothing', ''],
    ['a lone 80', '\x80'],
    ['protocol 6', '\x80\x06}.'],
    ['a list', '[1]'],
    ['a list of MessagePack', '\x91\x01'],
    ['a list of pickle', ']q\0.'],
    ['a byte order mark', '\xef\xbb\xbf{}'],
    ['zeros', '\0\0'],
    ['text', 'hello'],
  ])('refuses %s, whatever else could be tried', (_, payload) => {
    expect(codeThrownBy(() => decoder.decode(bytesOf(payload)))).toBe('bad-payload')
  })

  it('has no second try', () => {
    // MessagePack by its first byte, and only JSON behind it
    expect(codeThrownBy(() => decoder.decode(bytesOf('\x81{"a": 1}')))).toBe('bad-payload')
  })

  it('hands its options to what it chooses', () => {
    const own = autoDecoder({ maxDepth: 1, enums: ['a.B'] })
    expect(codeThrownBy(() => own.decode(bytesOf('{"a": {}}')))).toBe('too-deep')
    expect(codeThrownBy(() => own.decode(bytesOf('\x81\xa1a\x80')))).toBe('too-deep')
    expect(codeThrownBy(() => own.decode(bytesOf('\x80\x04}\x8c\x01a}s.')))).toBe('too-deep')
    expect(own.decode(bytesOf("ca\nB\n(S'x'\ntR."))).toBe('x')
    expect(codeThrownBy(() => autoDecoder({ maxBytes: 3 }).decode(bytesOf('{  }')))).toBe(
      'too-large',
    )
  })
})

describe('makeDecoder', () => {
  it.each(['auto', 'pickle', 'msgpack', 'json'] as const)('makes the decoder %s', (name) => {
    expect(makeDecoder(name).name).toBe(name)
  })

  it('refuses another name', () => {
    expect(codeThrownBy(() => makeDecoder('yaml' as 'json'))).toBe('bad-option')
    expect(codeThrownBy(() => makeDecoder('constructor' as 'json'))).toBe('bad-option')
  })
})
