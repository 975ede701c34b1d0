import { parseJsonText, trustedJson } from '../values/json-text.js'
import { toPlainJson } from '../values/plain-json.js'

/**
 * A copy of a document in which only plain values are left: objects, arrays, strings, numbers, bigints,
 * booleans and null. An `NDArray` becomes nested arrays, and the keys of a `Map` become strings. Mirrors
 * `event_model.sanitize_doc`; besides, datetimes become their isoformat and durations their seconds, which
 * Python's refuses.
 *
 * @throws BlueskyError `not-representable` for bytes, complex numbers and opaque objects, naming their
 *   path; `cyclic` if the document contains itself; `too-deep` beyond 2,000 containers in each other.
 *
 * @example
 * ```ts
 * import { NDArray, sanitizeDoc } from '@prompt-papermill/core'
 *
 * const doc = { data: { image: new NDArray('<u2', [2], Uint16Array.of(1, 2)) } }
 * console.log(sanitizeDoc(doc).data) // { image: [ 1, 2 ] }
 * ```
 */
export function sanitizeDoc<Doc extends object>(doc: Doc): Doc {
  return parseJsonText(toPlainJson(doc), trustedJson) as Doc
}
