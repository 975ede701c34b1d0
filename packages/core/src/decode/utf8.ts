import { failure } from './failure.js'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Strict UTF-8 as a string.
 *
 * @throws BlueskyError `bad-payload` if the bytes aren't UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch (error) {
    throw failure('bad-payload', 'text that is not UTF-8', error)
  }
}

/**
 * UTF-8 in which lone surrogates are allowed: Python's `surrogatepass`, as pickle writes `str`.
 *
 * @throws BlueskyError `bad-payload` if the bytes aren't that.
 */
export function decodeUtf8WithSurrogates(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeBySegments(bytes)
  }
}

/** Decodes what lies between the surrogates, which are three bytes each: ED A0..BF 80..BF. */
function decodeBySegments(bytes: Uint8Array): string {
  let text = ''
  let from = 0
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 1)) {
    const second = bytes[at + 1] ?? 0
    const third = bytes[at + 2] ?? 0
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue
    text += decodeUtf8(bytes.subarray(from, at))
    text += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f))
    from = at + 3
  }
  return text + decodeUtf8(bytes.subarray(from))
}
