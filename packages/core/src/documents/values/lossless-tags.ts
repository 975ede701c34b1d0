import { BlueskyError } from '../../errors/bluesky-error.js'
import { fromBase64 } from './base64.js'
import { Complex } from './complex.js'
import { NDArray } from './ndarray.js'
import { OpaqueObject } from './opaque-object.js'
import { setOwn } from './own-properties.js'
import { PyDateTime } from './py-datetime.js'
import { PyTimeDelta } from './py-timedelta.js'
import { elementArrayFor } from './typed-arrays.js'

type Tagged = Readonly<Record<string, unknown>>
type TagReader = (content: unknown, whole: Tagged) => unknown

/** How the value behind each tag is read; undefined if it is not what the tag holds. */
const readers: ReadonlyMap<string, TagReader> = new Map<string, TagReader>([
  ['__dict__', readDict],
  ['__float__', readFloat],
  ['__ndarray__', readArray],
  ['__bytes__', (content) => (typeof content === 'string' ? fromBase64(content) : undefined)],
  ['__datetime__', readDateTime],
  [
    '__timedelta__',
    (content) => (typeof content === 'number' ? PyTimeDelta.fromSeconds(content) : undefined),
  ],
  ['__complex__', readComplex],
  ['__other__', readOther],
])

/** The keys by which the lossless JSON marks what JSON has no form for. */
export const tags: ReadonlySet<string> = new Set(readers.keys())

/**
 * What an object of the lossless JSON stands for: itself, if none of its keys is a tag.
 *
 * @throws BlueskyError `bad-payload` if what the tag holds is not of its form.
 */
export function readTag(object: Tagged): unknown {
  for (const key of Object.keys(object)) {
    const read = readers.get(key)
    if (read === undefined) continue
    const value = read(object[key], object)
    if (value !== undefined) return value
    throw new BlueskyError('bad-payload', `not lossless JSON: ${key} is not of its form`)
  }
  return object
}

function readDict(content: unknown): unknown {
  if (!Array.isArray(content) || !content.every(isPair)) return undefined
  if (!content.every(([key]) => typeof key === 'string')) return new Map(content)
  const dict: Record<string, unknown> = {}
  for (const [key, value] of content) setOwn(dict, key as string, value)
  return dict
}

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2
}

const floats: ReadonlyMap<unknown, number> = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0.0', -0],
])

function readFloat(content: unknown): number | undefined {
  return floats.get(content)
}

function readDateTime(content: unknown): PyDateTime | undefined {
  if (typeof content !== 'string') return undefined
  try {
    return PyDateTime.fromIsoformat(content)
  } catch (error) {
    throw new BlueskyError('bad-payload', `not lossless JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function readComplex(content: unknown): Complex | undefined {
  if (!isPair(content)) return undefined
  const [re, im] = content
  return typeof re === 'number' && typeof im === 'number' ? new Complex(re, im) : undefined
}

function readOther(content: unknown, { args = [] }: Tagged): OpaqueObject | undefined {
  if (typeof content !== 'string' || !Array.isArray(args)) return undefined
  const dot = content.lastIndexOf('.')
  return new OpaqueObject(content.slice(0, Math.max(dot, 0)), content.slice(dot + 1), args)
}

function readArray(content: unknown, { dtype, shape }: Tagged): NDArray | undefined {
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isLength)) return undefined
  let row: unknown[] = [content]
  for (const length of shape) {
    if (!row.every((list) => Array.isArray(list) && list.length === length)) return undefined
    row = row.flat(1)
  }
  const ElementArray = elementArrayFor(dtype)
  if (ElementArray === undefined) return new NDArray(dtype, shape, row)
  const data = new ElementArray(row.length)
  const isFloat = data instanceof Float32Array || data instanceof Float64Array
  if (!row.every(isFloat ? isNumber : isWhole)) return undefined
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array
  row.forEach((item, i) => (data[i] = isBig ? BigInt(item as number) : Number(item)))
  return new NDArray(dtype, shape, data)
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value) || typeof value === 'bigint' || typeof value === 'boolean'
}
