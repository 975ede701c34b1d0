import { type Decoder, type DecoderOptions, withDecoderDefaults } from '../decoder.js'
import { decodeWithin } from '../decode-within.js'
import { PickleMachine } from './machine.js'

/**
 * Decodes Python's pickles, protocols 0 to 5, without running anything of them: an interpreter of the
 * opcodes that can build values and nothing else. A class that isn't one of a document's values becomes
 * an `OpaqueObject`.
 *
 * @throws BlueskyError from `decode`: `bad-payload`, `too-large`, `too-deep` or `cyclic`.
 *
 * @example
 * ```ts
 * import { pickleDecoder } from '@prompt-papermill/core'
 *
 * // pickle.dumps({'scan_id': 1}, protocol=2)
 * const payload = Uint8Array.from([128, 2, 125, 88, 7, 0, 0, 0, 115, 99, 97, 110, 95, 105, 100, 75, 1, 115, 46])
 * console.log(pickleDecoder().decode(payload)) // { scan_id: 1 }
 * ```
 */
export function pickleDecoder(options: DecoderOptions = {}): Decoder {
  const { enums, maxDepth, maxBytes } = withDecoderDefaults(options)
  const machine = new PickleMachine({ enums, maxDepth })
  return decodeWithin('pickle', maxBytes, (payload) => machine.decode(payload))
}
