import { toPlainJson } from '../documents/values/plain-json.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import { MsgpackWriter } from './encode/msgpack-writer.js'
import { PickleWriter } from './encode/pickle-writer.js'

/** The serializers that a payload can be written with. */
export type Encoding = 'pickle' | 'msgpack' | 'json'

const encoders: ReadonlyMap<string, (value: unknown) => Uint8Array> = new Map([
  ['pickle', (value) => new PickleWriter().encode(value)],
  ['msgpack', (value) => new MsgpackWriter().encode(value)],
  ['json', (value) => new TextEncoder().encode(toPlainJson(value))],
])

/**
 * A document as the payload of a frame, which Python reads with `pickle.loads`, `msgpack.unpackb` (arrays
 * with `msgpack_numpy`) or `json.loads`: dicts, lists and scalars, NumPy arrays, and datetimes where the
 * format has them.
 *
 * @param value - the document, or anything that a document can hold
 * @param encoding - how it is written
 * @returns the bytes that go behind the second space of a frame; see {@link joinFrame}.
 * @throws BlueskyError `not-representable` for a value that the format has no form for, naming its path;
 *   `too-deep` or `cyclic` for one that nests too deep or contains itself; `bad-option` for another
 *   encoding.
 *
 * @example
 * ```ts
 * import { encodePayload, pickleDecoder } from '@prompt-papermill/core'
 *
 * const payload = encodePayload({ scan_id: 1 }, 'pickle')
 * console.log(pickleDecoder().decode(payload)) // { scan_id: 1 }
 * ```
 */
export function encodePayload(value: unknown, encoding: Encoding): Uint8Array {
  const encode = encoders.get(encoding)
  if (encode !== undefined) return encode(value)
  const known = [...encoders.keys()].join(', ')
  throw new BlueskyError('bad-option', `no encoding "${encoding as string}"; there are ${known}`)
}
