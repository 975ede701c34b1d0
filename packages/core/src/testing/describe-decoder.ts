import type { Decoder } from '../decode/decoder.js'
import { toLosslessJson } from '../documents/values/lossless-json.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import type { TestFunctions } from './test-functions.js'

/** A payload, and the value that it must become. */
export interface DecoderExample {
  /** What the suite calls it. */
  readonly name: string
  /** The bytes to decode. */
  readonly payload: Uint8Array
  /** What they must become; compared in the lossless JSON, with keys in any order. */
  readonly value: unknown
}

/** How many damaged payloads are tried for each example. */
const damages = 300
const failures: readonly string[] = ['bad-payload', 'too-large', 'too-deep', 'cyclic']

/**
 * The contract of a {@link Decoder} as a suite: it gives the right values, each time anew, leaves the payload as it
 * is, and throws nothing but decoding errors for payloads that are cut short or damaged.
 *
 * @param test - the test framework's functions
 * @param decoder - the decoder; it is used for all tests
 * @param examples - documents (dicts) that it decodes; at least one.
 * @example
 * ```ts
 * import { jsonDecoder } from '@prompt-papermill/core'
 * import { describeDecoder } from '@prompt-papermill/core/testing'
 * import { describe, expect, it } from 'vitest'
 *
 * const payload = new TextEncoder().encode('{"uid": "a"}')
 * describeDecoder({ describe, expect, it }, jsonDecoder(), [
 *   { name: 'a start', payload, value: { uid: 'a' } },
 * ])
 * ```
 */
export function describeDecoder(
  { describe, expect, it }: TestFunctions,
  decoder: Decoder,
  examples: readonly DecoderExample[],
): void {
  describe(`the decoder ${decoder.name} keeps the contract of decoders`, () => {
    for (const { name, payload, value } of examples) {
      it(`decodes ${name}, each time anew, and leaves the payload as it is`, () => {
        const copy = payload.slice()
        const first = decoder.decode(payload)
        expect(canonical(first)).toBe(canonical(value))
        const second = decoder.decode(payload)
        expect(second === first).toBe(false)
        expect(canonical(second)).toBe(canonical(value))
        expect(same(payload, copy)).toBe(true)
      })

      it(`refuses ${name} where it is cut short`, () => {
        for (const bytes of cuts(payload)) {
          expect(failures.includes(outcomeOf(decoder, bytes))).toBe(true)
        }
      })

      it(`throws nothing but decoding errors for ${name} with damaged bytes`, () => {
        const allowed = ['decoded', ...failures]
        for (const bytes of damaged(payload)) {
          expect(allowed.includes(outcomeOf(decoder, bytes))).toBe(true)
        }
      })
    }
  })
}

function canonical(value: unknown): string {
  return toLosslessJson(value, { sortKeys: true })
}

/** `decoded`, the code of the error, or what else was thrown. */
function outcomeOf(decoder: Decoder, payload: Uint8Array): string {
  try {
    decoder.decode(payload)
    return 'decoded'
  } catch (error) {
    return error instanceof BlueskyError ? error.code : String(error)
  }
}

/** The payload cut at up to 100 places. */
function cuts(payload: Uint8Array): Uint8Array[] {
  const step = Math.max(1, Math.floor(payload.length / 100))
  const lengths = Array.from({ length: Math.ceil(payload.length / step) }, (_, i) => i * step)
  return lengths.map((length) => payload.slice(0, length))
}

/** The payload with some bytes replaced, the same ones in every run of the suite. */
function* damaged(payload: Uint8Array): Generator<Uint8Array, void, undefined> {
  let state = 20_260_101
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let i = 0; i < damages; i += 1) {
    const bytes = payload.slice()
    for (let hits = 1 + random(3); hits > 0; hits -= 1) bytes[random(bytes.length)] = random(256)
    yield bytes
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
