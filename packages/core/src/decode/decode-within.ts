import type { Decoder } from './decoder.js'
import { asFailure, failure } from './failure.js'

/**
 * A decoder that keeps what every decoder promises: no payload beyond `maxBytes` is looked at, and nothing
 * but a `BlueskyError` is thrown.
 */
export function decodeWithin(
  name: string,
  maxBytes: number,
  decode: (payload: Uint8Array) => unknown,
): Decoder {
  return {
    name,
    decode(payload) {
      if (payload.length > maxBytes) {
        throw failure(
          'too-large',
          `${name}: a payload of ${payload.length} bytes; at most ${maxBytes} are taken (maxBytes)`,
        )
      }
      try {
        return decode(payload)
      } catch (error) {
        throw asFailure(error, name)
      }
    },
  }
}
