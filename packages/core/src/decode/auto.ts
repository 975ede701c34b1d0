import { decodeWithin } from './decode-within.js'
import { type Decoder, type DecoderOptions, withDecoderDefaults } from './decoder.js'
import { failure } from './failure.js'
import { jsonDecoder } from './json/json-decoder.js'
import { msgpackDecoder } from './msgpack/msgpack-decoder.js'
import { pickleDecoder } from './pickle/pickle-decoder.js'

/** Which serializer's payload it is, by its first bytes; undefined if none writes such a document. */
function recognise(payload: Uint8Array): 'pickle' | 'msgpack' | 'json' | undefined {
  const [first, second] = payload
  switch (first) {
    case 0x80: // PROTO
      return second !== undefined && second <= 5 ? 'pickle' : undefined
    case 0x28: // MARK
    case 0x63: // GLOBAL
    case 0x7d: // EMPTY_DICT
      return 'pickle'
    case 0xde: // map 16
    case 0xdf: // map 32
      return 'msgpack'
    case 0x7b: // {
    case 0x20: // white space
    case 0x09:
    case 0x0a:
    case 0x0d:
      return 'json'
    default: // 81 to 8f: fixmap
      return first !== undefined && first > 0x80 && first <= 0x8f ? 'msgpack' : undefined
  }
}

/**
 * Decodes each payload by what its first bytes say it is: pickle, msgpack or JSON. There is no second
 * try, so what a payload is taken for depends on nothing else.
 *
 * @throws BlueskyError from `decode`: `bad-payload`, `too-large`, `too-deep` or `cyclic`.
 *
 * @example
 * ```ts
 * import { autoDecoder } from '@prompt-papermill/core'
 *
 * const decoder = autoDecoder({ enums: ['mybeamline.devices.Shutter'] })
 * console.log(decoder.decode(new TextEncoder().encode('{"scan_id": 1}'))) // { scan_id: 1 }
 * ```
 */
export function autoDecoder(options: DecoderOptions = {}): Decoder {
  const { maxBytes } = withDecoderDefaults(options)
  const decoders = {
    pickle: pickleDecoder(options),
    msgpack: msgpackDecoder(options),
    json: jsonDecoder(options),
  }
  return decodeWithin('auto', maxBytes, (payload) => {
    const kind = recognise(payload)
    if (kind !== undefined) return decoders[kind].decode(payload)
    const start = Array.from(payload.subarray(0, 2), (byte) => byte.toString(16).padStart(2, '0'))
    throw failure(
      'bad-payload',
      `neither pickle, msgpack nor JSON: it starts with ${start.join(' ') || 'nothing'}; name the decoder if it is one of them all the same`,
    )
  })
}
