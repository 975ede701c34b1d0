import { BlueskyError } from '../errors/bluesky-error.js'
import { autoDecoder } from './auto.js'
import type { Decoder, DecoderOptions } from './decoder.js'
import { jsonDecoder } from './json/json-decoder.js'
import { msgpackDecoder } from './msgpack/msgpack-decoder.js'
import { pickleDecoder } from './pickle/pickle-decoder.js'

export { autoDecoder, jsonDecoder, msgpackDecoder, pickleDecoder }

/** The names of the decoders, as in `source.decoder` of a config. */
export type DecoderName = 'auto' | 'pickle' | 'msgpack' | 'json'

const factories: ReadonlyMap<string, (options?: DecoderOptions) => Decoder> = new Map([
  ['auto', autoDecoder],
  ['pickle', pickleDecoder],
  ['msgpack', msgpackDecoder],
  ['json', jsonDecoder],
])

/**
 * Makes a decoder by its name, as it stands in a config.
 *
 * @param name - `auto` tells by each payload's first bytes which of the others it is for
 *
 * @throws BlueskyError `bad-option` if there is none of that name.
 *
 * @example
 * ```ts
 * import { makeDecoder } from '@prompt-papermill/core'
 *
 * console.log(makeDecoder('json').decode(new TextEncoder().encode('{"scan_id": 1}'))) // { scan_id: 1 }
 * ```
 */
export function makeDecoder(name: DecoderName, options: DecoderOptions = {}): Decoder {
  const make = factories.get(name)
  if (make !== undefined) return make(options)
  const known = [...factories.keys()].join(', ')
  throw new BlueskyError('bad-option', `no decoder "${name}"; there are ${known}`)
}
