import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Decoder } from '../../../packages/core/src/decode/decoder.js'
import {
  jsonDecoder,
  msgpackDecoder,
  pickleDecoder,
} from '../../../packages/core/src/decode/decoders.js'
import { constructors } from '../../../packages/core/src/decode/pickle/constructors.js'
import { opcodes } from '../../../packages/core/src/decode/pickle/opcodes.js'
import { toLosslessJson } from '../../../packages/core/src/documents/values/lossless-json.js'
import { toPlainJson } from '../../../packages/core/src/documents/values/plain-json.js'
import { bytesOf, uint32 } from '../../support/bytes.js'
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
} from '../../support/pickle-parts.js'
import { partsOf, readFrames } from '../../support/vectors.js'

const codes = ['bad-payload', 'too-large', 'too-deep', 'cyclic']
/** A small payload that takes longer than this was not bounded by its length. */
const longest = 2000

/** Decodes, and writes what came of it; whatever is thrown must be a refusal. */
function check(decoder: Decoder, payload: Uint8Array): void {
  const began = performance.now()
  try {
    const value = decoder.decode(payload)
    toLosslessJson(value, { sortKeys: true })
    toPlainJson(value, { onUnrepresentable: 'describe' })
  } catch (error) {
    const { name, code, cause } = error as { name: string; code: string; cause?: unknown }
    if (name !== 'BlueskyError' || !codes.includes(code)) throw error
    // a mistake in the decoder, caught by the last net
    if (cause instanceof TypeError && !cause.message.includes('encoded data')) throw cause
    if (cause instanceof ReferenceError) throw cause
  }
  expect(performance.now() - began).toBeLessThan(longest)
}

function payloadsOf(...vectors: string[]): Uint8Array[] {
  return vectors.flatMap((vector) => readFrames(vector).map((frame) => partsOf(frame).payload))
}

interface Change {
  readonly at: number
  readonly remove: number
  readonly insert: Uint8Array
}

/** Anywhere from the first byte to the last; doubles of fast-check's own would lie near the ends. */
const place = fc.nat(9999).map((part) => part / 10_000)

const inserted = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
  fc.constantFrom(
    ...Object.values(opcodes).map((code) => Uint8Array.of(code)),
    uint32(0xffffffff),
    uint32(0x7fffffff),
    bytesOf('h\0'),
  ),
)

/** Bytes put in the place of as many others, or between them. */
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc
    .tuple(place, inserted, fc.constantFrom(0, 1, 1, 1, 3))
    .map(([at, insert, how]) => ({ at, insert, remove: how === 1 ? insert.length : how })),
  { minLength: 1, maxLength: 3 },
)

function change(payload: Uint8Array, all: readonly Change[]): Uint8Array {
  return all.reduce((bytes, { at, remove, insert }) => {
    const from = Math.floor(at * bytes.length)
    return bytesOf(bytes.subarray(0, from), insert, bytes.subarray(from + remove))
  }, payload)
}

/** Parts of pickles that lead somewhere, so that chance gets beyond the first opcode. */
const leaf = fc.oneof(
  fc.constantFrom('N', '\x88', '\x89', ']', '}', ')', '\x8f').map((code) => bytesOf(code)),
  fc.integer({ min: -3, max: 300 }).map(whole),
  fc.constantFrom(-1, 2 ** 31 - 1, 2 ** 53 - 1).map(whole),
  fc.constantFrom('', 'a', 'latin1', '__proto__', '1000', 'f8', 'O8', 'V16', '<', 'C').map(text),
  fc.uint8Array({ maxLength: 16 }).map(raw),
  fc.nat(12).map((index) => bytesOf('h', Uint8Array.of(index))),
  fc.constantFrom(
    dtype('f8'),
    dtype('O8', { order: '|' }),
    dtype('U2', { itemsize: 8 }),
    dtype('S1', { order: '|', itemsize: 1 }),
    structure(9, { a: [dtype('u1'), 0], b: [dtype('f8', { order: '>' }), 1] }),
  ),
)

const callee = fc.constantFrom(
  ...[...constructors.keys()].map((path) => {
    const dot = path.lastIndexOf('.')
    return named(path.slice(0, dot), path.slice(dot + 1))
  }),
  named('a', 'B'),
)

const { value } = fc.letrec<{ value: Uint8Array; values: Uint8Array[] }>((tie) => ({
  values: fc.array(tie('value'), { maxLength: 5 }),
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    tie('values').map((all) => tuple(...all)),
    tie('values').map((all) => bytesOf('](', ...all, 'e')),
    tie('values').map((all) => bytesOf('}\x94(', ...all, ...(all.length % 2 ? ['N'] : []), 'u')),
    tie('values').map((all) => bytesOf('\x8f(', ...all, '\x90')),
    tie('value').map((one) => bytesOf(one, '\x94')),
    fc.tuple(callee, tie('values')).map(([name, all]) => bytesOf(name, tuple(...all), 'R\x94')),
    fc.tuple(tie('value'), tie('value')).map(([one, state]) => bytesOf(one, state, 'b')),
    fc.tuple(tie('value'), tie('value')).map(([one, item]) => bytesOf(one, item, 'a')),
    fc
      .tuple(leaf, fc.array(fc.nat(3), { maxLength: 3 }), leaf)
      .map(([type, shape, content]) => array(type, shape, content)),
  ),
}))

describe('whatever bytes come, a decoder gives a value or a refusal, in bounded time', () => {
  it('pickles changed by chance', () => {
    const decoder = pickleDecoder()
    const given = payloadsOf('custom_types', 'pickle5', 'pickle2', 'arrays', 'baseline_multi')
    fc.assert(
      fc.property(fc.constantFrom(...given), changes, (payload, all) =>
        check(decoder, change(payload, all)),
      ),
      { numRuns: 2000 },
    )
  })

  it('values and calls put together by chance', () => {
    const decoder = pickleDecoder({ maxDepth: 20 })
    fc.assert(
      fc.property(value, (bytes) => check(decoder, pickleOf(bytes))),
      { numRuns: 2000 },
    )
  })

  it('the same, with bytes changed', () => {
    const decoder = pickleDecoder({ maxDepth: 20 })
    fc.assert(
      fc.property(value, changes, (bytes, all) => check(decoder, pickleOf(change(bytes, all)))),
      { numRuns: 2000 },
    )
  })

  it('MessagePack changed by chance', () => {
    const decoder = msgpackDecoder()
    const given = payloadsOf('msgpack', 'msgpack_numpy')
    fc.assert(
      fc.property(fc.constantFrom(...given), changes, (payload, all) =>
        check(decoder, change(payload, all)),
      ),
      { numRuns: 1000 },
    )
  })

  it('JSON changed by chance', () => {
    const decoder = jsonDecoder()
    const words = fc.constantFrom(
      ...'NaN Infinity -Infinity 9007199254740993 -0 1E+00 [ ] { } " \\ , : __proto__'.split(' '),
    )
    const given = payloadsOf('json')
    fc.assert(
      fc.property(
        fc.constantFrom(...given),
        fc.array(fc.tuple(place, words, fc.nat(2)), {
          minLength: 1,
          maxLength: 4,
        }),
        (payload, all) => {
          const made = all.map(([at, word, remove]) => ({ at, remove, insert: bytesOf(word) }))
          check(decoder, change(payload, made))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
