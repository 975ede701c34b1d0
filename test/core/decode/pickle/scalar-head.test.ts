import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../packages/core/src/decode/decoders.js'
import { bytesOf } from '../../../support/bytes.js'
import { pickleOf } from '../../../support/pickle-parts.js'

const decoder = pickleDecoder()

/** A string and its place in the memo, as pickle writes it since protocol 4. */
const short = (text: string) => `\x8c${String.fromCharCode(text.length)}${text}\x94`

/** All that pickle writes of a scalar before its bytes, from behind the length of the first string on. */
const headOf = (module: string, code: string, order: string) =>
  bytesOf(
    `${module}\x94${short('scalar')}\x93\x94${short('numpy')}${short('dtype')}\x93\x94${short(code)}`,
    `\x89\x88\x87\x94R\x94(K\x03${short(order)}NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t\x94b`,
  )

/**
 * What a scalar decodes to, with what the memo holds of it. Written with `\x8c` it is recognized as a whole, with
 * `X`, the same string with a longer length, it is run opcode by opcode.
 */
function decoded(opcode: '\x8c' | 'X', length: number, head: Uint8Array, bytes: string) {
  const first =
    opcode === 'X' ? `X${String.fromCharCode(length)}\0\0\0` : `\x8c${String.fromCharCode(length)}`
  const memo = Array.from({ length: 14 }, (_, number) => `h${String.fromCharCode(number)}`)
  const scalar = [first, head, `C${String.fromCharCode(bytes.length)}`, bytes, '\x94\x86\x94R\x94']
  try {
    return { value: decoder.decode(pickleOf('(', ...scalar, ...memo, 't')) }
  } catch (error) {
    return { error: (error as { code: string }).code }
  }
}

const both = (length: number, head: Uint8Array, bytes: string) => ({
  whole: decoded('\x8c', length, head, bytes),
  single: decoded('X', length, head, bytes),
})

describe('the head of a numpy scalar', () => {
  it.each(
    ['numpy._core.multiarray', 'numpy.core.multiarray'].flatMap((module) =>
      ['<f8', '<f4', '<i8', '<u2', '|b1', '|i1', '|u1', '>f8', '<M8'].map((dtype) => [
        module,
        dtype,
      ]),
    ),
  )('of %s and %s leaves what its opcodes leave, one by one', (module, dtype) => {
    const [order, ...code] = dtype as unknown as string[]
    const head = headOf(module, code.join(''), order as string)
    const { whole, single } = both(
      module.length,
      head,
      '\x01\x02\x03\x04\x05\x06\x07\x08'.slice(0, Number(code[1])),
    )
    expect(whole).toEqual(single)
    expect(Object.keys(whole)).toEqual(['value'])
  })

  // of two lengths, which are looked at by words and the rest
  it.each(['numpy._core.multiarray', 'numpy.core.multiarray'])(
    'of %s with any byte another is what its opcodes say',
    (module) => {
      const head = headOf(module, 'f8', '<')
      for (let at = 0; at < head.length; at++) {
        for (const byte of [0, 1, 0x2e, 0x38, 0x3e, 0x52, 0x68, 0x94, 0xff]) {
          const changed = Uint8Array.from(head)
          changed[at] = byte
          const { whole, single } = both(module.length, changed, '\0\0\0\0\0\0\xf8\x3f')
          expect(whole, `byte ${at} is ${byte}`).toEqual(single)
        }
      }
    },
  )

  it('that is cut short is refused', () => {
    const module = 'numpy._core.multiarray'
    const head = headOf(module, 'f8', '<')
    for (let length = 0; length < head.length; length++) {
      const cut = bytesOf(
        '\x80\x04\x8c',
        String.fromCharCode(module.length),
        head.subarray(0, length),
      )
      expect(() => decoder.decode(cut), String(length)).toThrow(/ends early/)
    }
  })

  it('is made anew for each, so that one frame can change nothing for the next', () => {
    const module = 'numpy._core.multiarray'
    const head = headOf(module, 'f8', '<')
    const start = ['\x8c', String.fromCharCode(module.length), head]
    // gives the tuple of the dtype's arguments a member, and the dtype another state
    const hostile = pickleOf(
      '(',
      ...start,
      'h\x07K\x09a0h\x08',
      '(K\x03X\x01\0\0\0>NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb0t',
    )
    decoder.decode(hostile)
    const { whole, single } = both(module.length, head, '\0\0\0\0\0\0\xf8\x3f')
    expect(whole).toEqual(single)
    expect((whole.value as unknown[])[0]).toBe(1.5)
  })
})
