import { parseJsonText, trustedJson } from './json-text.js'
import { readTag } from './lossless-tags.js'
import { setOwn } from './own-properties.js'

/**
 * Makes the value again that {@link toLosslessJson} wrote, as a decoder would give it.
 *
 * @throws BlueskyError `bad-payload` if the text isn't lossless JSON, `too-deep` if it nests deeper than
 *   2,000 containers, `too-large` for an integer of more than 4,300 digits.
 *
 * @example
 * ```ts
 * import { fromLosslessJson } from '@prompt-papermill/core'
 *
 * console.log(fromLosslessJson('{"det":{"__float__":"nan"},"big":1180591620717411303424}'))
 * // { det: NaN, big: 1180591620717411303424n }
 * ```
 */
export function fromLosslessJson(text: string): unknown {
  const value = parseJsonText(text, trustedJson)
  // no tag without two underscores, however they are escaped
  return text.includes('__') || text.includes('\\u005') ? revive(value) : value
}

/** Replaces tagged objects, innermost first, in place. */
function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = revive(value[i])
    return value
  }
  const record = value as Record<string, unknown>
  for (const key of Object.keys(record)) {
    const child = record[key]
    const revived = revive(child)
    if (revived !== child) setOwn(record, key, revived)
  }
  return readTag(record)
}
