import { BlueskyError } from '../../errors/bluesky-error.js'
import { toBase64 } from './base64.js'
import { compareCodePoints } from './code-points.js'
import { Complex } from './complex.js'
import {
  type JsonContainer,
  type JsonDialect,
  type JsonReplacement,
  className,
  isPlainObject,
  notRepresentable,
  writeJson,
} from './json-writer.js'
import { tags } from './lossless-tags.js'
import { NDArray, bareElement } from './ndarray.js'
import { OpaqueObject } from './opaque-object.js'
import { PyDateTime } from './py-datetime.js'
import { PyTimeDelta } from './py-timedelta.js'

export { fromLosslessJson } from './lossless-reader.js'

/** Options of {@link toLosslessJson}. */
export interface LosslessJsonOptions {
  /**
   * Whether keys are written in the order of their code points, rather than as they stand.
   *
   * @defaultValue `false`
   */
  sortKeys?: boolean
}

/**
 * A document, or any value in one, as one line of JSON from which {@link fromLosslessJson} makes the same
 * value again: integers of any size, NaN, arrays with their dtype, bytes, datetimes.
 *
 * What it doesn't keep: an array without dimensions becomes its bare element, a structured array loses
 * the names of its fields, and an {@link OpaqueObject} its `state`.
 *
 * @param value - a document, or anything else that a decoder gives
 * @returns one line, without spaces.
 * @throws BlueskyError `not-representable` for what no document holds (functions, `undefined`, instances
 *   of other classes), naming its path; `cyclic` if a value contains itself.
 *
 * @example
 * ```ts
 * import { NDArray, toLosslessJson } from '@prompt-papermill/core'
 *
 * const doc = { det: NaN, image: new NDArray('<u2', [2], Uint16Array.of(1, 2)) }
 * console.log(toLosslessJson(doc))
 * // {"det":{"__float__":"nan"},"image":{"__ndarray__":[1,2],"dtype":"<u2","shape":[2]}}
 * ```
 */
export function toLosslessJson(value: unknown, options: LosslessJsonOptions = {}): string {
  return writeJson(value, options.sortKeys === true ? dialect(0) : asGiven)
}

/**
 * The lossless JSON by which documents are compared and digested: keys sorted by code point, no spaces. Equal
 * documents have the same text, in whichever order their keys stand.
 *
 * @returns one line; its SHA-256 is what `documentDigest` gives.
 * @throws BlueskyError as {@link toLosslessJson}.
 *
 * @example
 * ```ts
 * import { canonicalJson } from '@prompt-papermill/core'
 *
 * console.log(canonicalJson({ b: 1, a: [NaN] })) // {"a":[{"__float__":"nan"}],"b":1}
 * ```
 */
export function canonicalJson(value: unknown): string {
  return writeJson(value, dialect(0))
}

/** How deep dicts as keys of dicts are sorted, which is the one thing done by recursion. */
const deepestKey = 64
const asGiven = dialect(undefined)

/** @param keyDepth - how many keys that are containers this is inside of; undefined: don't sort. */
function dialect(keyDepth: number | undefined): JsonDialect {
  return {
    oddNumber(value) {
      if (value === 0) return '{"__float__":"-0.0"}'
      return `{"__float__":"${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}"}`
    },
    object(value, path) {
      const special = writeSpecial(value)
      if (special !== undefined) return special
      if (value instanceof Map) return writeMap(value as ReadonlyMap<unknown, unknown>, keyDepth)
      if (!isPlainObject(value)) throw notRepresentable(`a ${className(value)}`, path())
      const keys = Object.keys(value)
      if (keys.some((key) => tags.has(key))) {
        return writeEntries(value, Object.entries(value), keyDepth)
      }
      return { origin: value, keys: ordered(keys, keyDepth), items: value }
    },
  }
}

/** Everything but dicts; undefined for a dict or something unknown. */
function writeSpecial(value: object): JsonContainer | JsonReplacement | undefined {
  if (value instanceof NDArray) {
    if (value.shape.length === 0) return { value: bareElement(value) }
    return tagged(value, { __ndarray__: value.toList(), dtype: value.dtype, shape: value.shape })
  }
  if (value instanceof Uint8Array) return tagged(value, { __bytes__: toBase64(value) })
  if (value instanceof PyDateTime) return tagged(value, { __datetime__: value.isoformat() })
  if (value instanceof PyTimeDelta) return tagged(value, { __timedelta__: value.totalSeconds() })
  if (value instanceof Complex) return tagged(value, { __complex__: [value.re, value.im] })
  if (value instanceof OpaqueObject) {
    const __other__ = `${value.module}.${value.name}`
    return tagged(value, value.args.length > 0 ? { __other__, args: value.args } : { __other__ })
  }
  return undefined
}

function writeMap(map: ReadonlyMap<unknown, unknown>, keyDepth: number | undefined): JsonContainer {
  const plain = [...map.keys()].every((key) => typeof key === 'string' && !tags.has(key))
  if (!plain) return writeEntries(map, [...map], keyDepth)
  // makes own properties, of `__proto__` too
  const items = Object.fromEntries(map as ReadonlyMap<string, unknown>)
  return { origin: map, keys: ordered([...map.keys()] as string[], keyDepth), items }
}

function ordered(keys: string[], keyDepth: number | undefined): string[] {
  return keyDepth === undefined ? keys : keys.sort(compareCodePoints)
}

/** A dict as a list of its items; in the order of the texts of its keys if keys are to be sorted. */
function writeEntries(
  origin: object,
  entries: readonly (readonly [unknown, unknown])[],
  keyDepth: number | undefined,
): JsonContainer {
  if (keyDepth === undefined) return tagged(origin, { __dict__: entries })
  if (keyDepth === deepestKey) {
    throw new BlueskyError('too-deep', `dicts are keys of each other more than ${deepestKey} times`)
  }
  const inner = dialect(keyDepth + 1)
  const byText = entries.map((entry) => ({ entry, text: writeJson(entry[0], inner) }))
  byText.sort((a, b) => compareCodePoints(a.text, b.text))
  return tagged(origin, { __dict__: byText.map(({ entry }) => entry) })
}

function tagged(origin: object, items: Record<string, unknown>): JsonContainer {
  return { origin, keys: Object.keys(items), items }
}
