import { toBase64 } from './base64.js'
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
import { NDArray, bareElement } from './ndarray.js'
import { OpaqueObject } from './opaque-object.js'
import { PyDateTime } from './py-datetime.js'
import { PyTimeDelta } from './py-timedelta.js'

/** Options of {@link toPlainJson}. */
export interface PlainJsonOptions {
  /**
   * What to do with a value that has no plain form: `throw`, or `describe` it, with bytes as base64, a
   * complex number as `[re, im]` and any other object as the string `module.Class(...)`.
   *
   * @defaultValue `'throw'`
   */
  onUnrepresentable?: 'throw' | 'describe'
  /**
   * What to write in place of an array, such as where it is kept: a dict whose first key is `__array__`, or
   * undefined for nested lists. A key of that name in a document gets another underscore in front, so that no
   * document can say where an array is.
   *
   * @defaultValue nested lists, always
   */
  arrays?: (array: NDArray) => ArrayReference | undefined
}

/** What stands for an array that is kept elsewhere. */
export interface ArrayReference {
  /** Where the array is, such as the name of a file. */
  readonly __array__: string
  /** Whatever else it takes to find it there. */
  readonly [key: string]: unknown
}

/**
 * A document, or any value in one, as the JSON that Python tools read: what `json.dumps` with
 * `event_model.NumpyEncoder` writes, without spaces. Arrays are nested lists, NaN is bare, integers have
 * any size; besides, datetimes are their isoformat and durations their seconds.
 *
 * @returns one line, for `json.loads`; JavaScript's own `JSON.parse` refuses bare NaN.
 * @throws BlueskyError `not-representable` for what has no such form, naming its path; `cyclic` if a
 *   value contains itself.
 *
 * @example
 * ```ts
 * import { NDArray, toPlainJson } from '@prompt-papermill/core'
 *
 * const doc = { det: NaN, image: new NDArray('<u2', [2], Uint16Array.of(1, 2)) }
 * console.log(toPlainJson(doc)) // {"det":NaN,"image":[1,2]}
 * ```
 */
export function toPlainJson(value: unknown, options: PlainJsonOptions = {}): string {
  const { arrays } = options
  const describe = options.onUnrepresentable === 'describe'
  if (arrays) return writeJson(value, dialectWith(arrays, describe))
  return writeJson(value, describe ? describing : throwing)
}

const throwing = dialect(false)
const describing = dialect(true)

function dialect(describe: boolean): JsonDialect {
  return {
    oddNumber: (value) => (value === 0 ? '-0.0' : String(value)),
    object(value, path) {
      const plain = writeKnown(value)
      if (plain !== undefined) return plain
      if (value instanceof Map)
        return writeMap(value as ReadonlyMap<unknown, unknown>, describe, path)
      if (isPlainObject(value)) return { origin: value, keys: Object.keys(value), items: value }
      const description = describe ? describeValue(value) : undefined
      if (description === undefined) throw notRepresentable(kindOf(value), path())
      return { value: description }
    },
  }
}

/** As {@link dialect}, with references in place of some arrays. */
function dialectWith(
  arrays: (array: NDArray) => ArrayReference | undefined,
  describe: boolean,
): JsonDialect {
  const plain = describe ? describing : throwing
  return {
    ...plain,
    object(value, path) {
      const reference = value instanceof NDArray ? arrays(value) : undefined
      if (reference) return writeJson(reference, throwing)
      const written = plain.object(value, path)
      if (typeof written === 'string' || !('keys' in written)) return written
      return written.keys?.includes('__array__') ? withoutReference(written) : written
    },
  }
}

/** A document's own dict that looks like a reference. */
function withoutReference({ origin, items }: JsonContainer): JsonContainer {
  const renamed = Object.fromEntries(
    Object.entries(items).map(([key, value]) => [key === '__array__' ? '___array__' : key, value]),
  )
  return { origin, keys: Object.keys(renamed), items: renamed }
}

function writeKnown(value: object): string | JsonReplacement | JsonContainer | undefined {
  if (value instanceof NDArray) {
    if (value.shape.length === 0) return { value: bareElement(value) }
    return { origin: value, keys: undefined, items: value.toList() as unknown[] }
  }
  if (value instanceof PyDateTime) return `"${value.isoformat()}"`
  if (value instanceof PyTimeDelta) return { value: value.totalSeconds() }
  return undefined
}

function describeValue(value: object): unknown {
  if (value instanceof Uint8Array) return toBase64(value)
  if (value instanceof Complex) return [value.re, value.im]
  if (value instanceof OpaqueObject) {
    return `${value.module}.${value.name}(${value.args.length > 0 ? '...' : ''})`
  }
  return undefined
}

function kindOf(value: unknown): string {
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Complex) return 'a complex number'
  if (Array.isArray(value)) return 'a tuple'
  if (value instanceof OpaqueObject) return `an object of the class ${value.module}.${value.name}`
  return typeof value === 'object' && value !== null ? `a ${className(value)}` : `a ${typeof value}`
}

/** A dict with keys that aren't all strings: `json.dumps` makes strings of them, and the last one counts. */
function writeMap(
  map: ReadonlyMap<unknown, unknown>,
  describe: boolean,
  path: () => string,
): JsonContainer {
  const entries = [...map].map(([key, value]): [string, unknown] => {
    const text = keyText(key, describe)
    if (text === undefined) throw notRepresentable(`a dict with ${kindOf(key)} as a key`, path())
    return [text, value]
  })
  const items = Object.fromEntries(entries)
  return { origin: map, keys: Object.keys(items), items }
}

function keyText(key: unknown, describe: boolean): string | undefined {
  switch (typeof key) {
    case 'string':
      return key
    case 'number':
      return Object.is(key, -0) ? '-0.0' : String(key)
    case 'bigint':
    case 'boolean':
      return String(key)
    default:
      if (key === null) return 'null'
      return describe && typeof key === 'object' ? describeKey(key) : undefined
  }
}

/** A text for a key that `json.dumps` refuses. */
function describeKey(key: object): string {
  if (Array.isArray(key)) {
    const isFlat = key.every((item) => typeof item !== 'object' || item === null)
    return isFlat ? `(${key.join(', ')})` : '(...)'
  }
  if (key instanceof PyDateTime) return key.isoformat()
  const description = describeValue(key)
  return typeof description === 'string' ? description : className(key)
}
