import { type Decoder, type DecoderOptions, withDecoderDefaults } from '../decoder.js'
import { decodeWithin } from '../decode-within.js'
import { MsgpackReader } from './msgpack-reader.js'

/**
 * Decodes MessagePack, with the arrays and scalars of `msgpack_numpy`. An array of objects holds a pickle,
 * which is read by the pickle decoder.
 *
 * @throws BlueskyError from `decode`: `bad-payload`, `too-large`, `too-deep` or `cyclic`.
 *
 * @example
 * ```ts
 * import { msgpackDecoder } from '@prompt-papermill/core'
 *
 * // msgpack.packb({'scan_id': 1})
 * const payload = Uint8Array.from([129, 167, 115, 99, 97, 110, 95, 105, 100, 1])
 * console.log(msgpackDecoder().decode(payload)) // { scan_id: 1 }
 * ```
 */
export function msgpackDecoder(options: DecoderOptions = {}): Decoder {
  const { enums, maxDepth, maxBytes } = withDecoderDefaults(options)
  const reader = new MsgpackReader({ enums, maxDepth })
  return decodeWithin('msgpack', maxBytes, (payload) => reader.decode(payload))
}
