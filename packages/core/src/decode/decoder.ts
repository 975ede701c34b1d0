/** Why a payload can't be decoded; also reasons of a `dropped` event. */
export type DecodeFailure = 'bad-payload' | 'too-large' | 'too-deep' | 'cyclic'

/**
 * Turns a payload into a value and can do nothing else.
 *
 * A decoder never throws anything but a {@link BlueskyError} whose code is a {@link DecodeFailure}; it
 * takes time and memory in proportion to the payload's length, whatever the payload says.
 */
export interface Decoder {
  /** What a person calls it: `pickle`, `msgpack`, `json`, `auto`. */
  readonly name: string
  /**
   * Decodes one payload. msgpack and JSON refuse bytes that are left over; pickle, as CPython, does not look
   * behind its STOP.
   *
   * @param payload - the bytes behind the second space of a frame; they may be kept by the result
   *   (arrays are views of them where that is possible), so don't write to them afterwards.
   * @throws BlueskyError with code `bad-payload`, `too-large`, `too-deep` or `cyclic`.
   */
  decode(payload: Uint8Array): unknown
}

/** Options that every decoder takes. */
export interface DecoderOptions {
  /**
   * Classes, as `module.Class`, whose pickled instance stands for its one argument: ophyd's `str`
   * Enums, for one.
   *
   * @defaultValue `[]`
   */
  enums?: readonly string[]
  /**
   * How deep containers may nest.
   *
   * @defaultValue 256
   */
  maxDepth?: number
  /**
   * The longest payload, in bytes.
   *
   * @defaultValue 268435456 (256 MiB)
   */
  maxBytes?: number
}

/** {@link DecoderOptions} with the defaults filled in. */
export type DecoderOptionsWithDefaults = Required<DecoderOptions>

/**
 * The defaults of {@link DecoderOptions}, in one place: for a decoder of your own too.
 *
 * @example
 * ```ts
 * import { withDecoderDefaults } from '@prompt-papermill/core'
 *
 * console.log(withDecoderDefaults({ maxDepth: 32 }))
 * // { enums: [], maxDepth: 32, maxBytes: 268435456 }
 * ```
 */
export function withDecoderDefaults(options: DecoderOptions = {}): DecoderOptionsWithDefaults {
  return { enums: [], maxDepth: 256, maxBytes: 256 * 1024 * 1024, ...options }
}
