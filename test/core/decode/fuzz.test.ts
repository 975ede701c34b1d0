import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Decoder } from '../../../packages/core/src/decode/decoder.js'
import {
  jsonDecoder,
  msgpackDecoder,
  pickleDecoder,
} from '../../../packages/core/src/decode/decoders.js'
import { opcodes } from '../../../packages/core/src/decode/pickle/opcodes.js'
import { toLosslessJson } from '../../../packages/core/src/documents/values/lossless-json.js'
import { toPlainJson } from '../../../packages/core/src/documents/values/plain-json.js'
import { bytesOf, uint32 } from '../../support/bytes.js'
import { dtype, named, raw, text, tuple, whole } from '../../support/pickle-parts.js'
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

const changes = fc.array(
  fc.record<Change>({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(3),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom(
        ...Object.values(opcodes).map((code) => Uint8Array.of(code)),
        uint32(0xffffffff),
        uint32(0x7fffffff),
        bytesOf('h\0'),
      ),
    ),
  }),
  { minLength: 1, maxLength: 6 },
)

function change(payload: Uint8Array, all: readonly Change[]): Uint8Array {
  return all.reduce((bytes, { at, remove, insert }) => {
    const from = Math.floor(at * bytes.length)
    return bytesOf(bytes.subarray(0, from), insert, bytes.subarray(from + remove))
  }, payload)
}

/** Parts of pickles that lead somewhere, so that chance gets beyond the first opcode. */
const parts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...Object.values(opcodes)).map((code) => Uint8Array.of(code)),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(
        ...[
          '(',
          ')',
          ']',
          '}',
          '\x8f',
          't',
          'e',
          'u',
          's',
          'a',
          'b',
          'R',
          '\x81',
          '\x85',
          '\x86',
          '\x94',
        ],
      )
      .map((code) => bytesOf(code)),
  },
  { weight: 3, arbitrary: fc.nat(8).map((index) => bytesOf('h', Uint8Array.of(index))) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 300 }).map(whole) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('', 'a', '__proto__', '1000', 'f8', '|O', 'V16').map(text),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 16 }).map(raw) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      named('numpy', 'dtype'),
      named('numpy._core.multiarray', 'scalar'),
      named('numpy._core.multiarray', '_reconstruct'),
      named('numpy._core.numeric', '_frombuffer'),
      named('datetime', 'datetime'),
      named('datetime', 'timezone'),
      named('datetime', 'timedelta'),
      named('zoneinfo', 'ZoneInfo'),
      named('builtins', 'getattr'),
      named('builtins', 'set'),
      named('builtins', 'dict'),
      named('builtins', 'int'),
      named('_codecs', 'encode'),
      named('collections', 'OrderedDict'),
      named('copyreg', '_reconstructor'),
      named('dateutil.tz.tz', 'tzlocal'),
      dtype('f8'),
      dtype('O8', { order: '|' }),
      dtype('U2', { itemsize: 8 }),
      bytesOf(named('a', 'B'), ')R'),
      tuple(whole(1), tuple(whole(2)), dtype('u1'), bytesOf('\x89'), raw('ab')),
    ),
  },
)

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

  it('opcodes in any order', () => {
    const decoder = pickleDecoder({ maxDepth: 20 })
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), (all) =>
        check(decoder, bytesOf('\x80\x04((', ...all, '.')),
      ),
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
    const inserted = fc.constantFrom(
      ...'NaN Infinity -Infinity 9007199254740993 -0 1E+00 [ ] { } " \\ , : __proto__'.split(' '),
    )
    const given = payloadsOf('json')
    fc.assert(
      fc.property(
        fc.constantFrom(...given),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), inserted, fc.nat(2)), {
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
