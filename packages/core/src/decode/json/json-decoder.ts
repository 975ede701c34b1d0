import { parseJsonText } from '../../documents/values/json-text.js'
import { maxKeySteps, maxObjects, maxTexts, maxValues } from '../budget.js'
import { decodeWithin } from '../decode-within.js'
import { type Decoder, type DecoderOptions, withDecoderDefaults } from '../decoder.js'
import { decodeUtf8 } from '../utf8.js'

/**
 * Decodes JSON as Python writes it: UTF-8, with bare `NaN`, `Infinity` and `-Infinity`, and integers of
 * any size.
 *
 * @throws BlueskyError from `decode`: `bad-payload`, `too-large` or `too-deep`.
 *
 * @example
 * ```ts
 * import { jsonDecoder } from '@prompt-papermill/core'
 *
 * const payload = new TextEncoder().encode('{"det": NaN, "big": 1180591620717411303424}')
 * console.log(jsonDecoder().decode(payload)) // { det: NaN, big: 1180591620717411303424n }
 * ```
 */
export function jsonDecoder(options: DecoderOptions = {}): Decoder {
  const { maxDepth, maxBytes } = withDecoderDefaults(options)
  const limits = { maxDepth, maxContainers: maxObjects, maxValues, maxTexts, maxKeySteps }
  return decodeWithin('json', maxBytes, (payload) => parseJsonText(decodeUtf8(payload), limits))
}
