import { Complex } from '../../documents/values/complex.js'
import { NDArray } from '../../documents/values/ndarray.js'
import type { Budget } from '../budget.js'
import { failure } from '../failure.js'
import { floatFromText } from '../numerals.js'
import { arrayFromBytes, scalarFromBytes } from '../numpy/arrays.js'
import {
  type Field,
  type Layout,
  countElements,
  parseLayout,
  structuredLayout,
  subarrayLayout,
} from '../numpy/layout.js'
import { decodeUtf8 } from '../utf8.js'

/**
 * What a map written by `msgpack_numpy.encode` stands for: an array, a scalar, a complex number.
 *
 * @param items - its keys and values in turn; the keys are bytes, or strings.
 * @param readPickle - reads an array of objects, which is sent as a pickle.
 * @returns undefined if it is only a map with a key of that name.
 * @throws BlueskyError `bad-payload` if its parts don't fit together.
 */
export function readNumpyMap(
  items: readonly unknown[],
  budget: Budget,
  readPickle: (pickle: Uint8Array) => unknown,
): unknown {
  const parts = partsOf(items)
  const data = parts.get('data')
  if (parts.get('complex') === true) {
    return typeof data === 'string' ? readComplex(data) : undefined
  }
  const nd = parts.get('nd')
  if (typeof nd !== 'boolean' || !(data instanceof Uint8Array)) return undefined
  budget.takeObjects(1)
  if (nd && textOf(parts.get('kind')) === 'O') return readPickle(data)
  const layout = readLayout(parts.get('type'))
  if (layout === undefined) return undefined
  if (!nd) return scalarFromBytes(layout, data, budget)
  const shape = parts.get('shape')
  if (!Array.isArray(shape)) return undefined
  countElements(shape)
  const array = arrayFromBytes(layout, shape as number[], data, false, budget)
  return new NDArray(array.dtype, array.shape, array.data)
}

const partNames: ReadonlySet<unknown> = new Set(['nd', 'complex', 'data', 'kind', 'type', 'shape'])

/** What stands under the keys that `msgpack_numpy` writes: as bytes, or by an old version as strings. */
function partsOf(items: readonly unknown[]): ReadonlyMap<unknown, unknown> {
  const parts = new Map<unknown, unknown>()
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i]
    const isShort = key instanceof Uint8Array && key.length <= 7
    const name = isShort ? String.fromCharCode(...key) : key
    if (partNames.has(name)) parts.set(name, items[i + 1])
  }
  return parts
}

/** `dtype.str`, or `dtype.descr` of a structure: a list of (name, type[, shape]). */
function readLayout(type: unknown): Layout | undefined {
  const text = textOf(type)
  if (typeof text === 'string') return parseLayout(text)
  return Array.isArray(type) ? readStructure(type, 0) : undefined
}

function readStructure(parts: readonly unknown[], depth: number): Layout {
  if (depth > 16) throw failure('too-deep', 'msgpack: a NumPy dtype nests too deep')
  const fields: Field[] = []
  let offset = 0
  for (const part of parts) {
    const [name, type, shape] = Array.isArray(part) ? (part as unknown[]) : []
    const simple = readPart(type, depth)
    const layout = Array.isArray(shape) ? repeated(simple, shape) : simple
    // a part without a name is padding
    if (textOf(name) !== '') fields.push({ offset, layout })
    offset += layout.itemsize
  }
  return structuredLayout(offset, fields)
}

function readPart(type: unknown, depth: number): Layout {
  if (Array.isArray(type)) return readStructure(type, depth + 1)
  const text = textOf(type)
  if (typeof text === 'string') return parseLayout(text)
  throw failure('bad-payload', 'msgpack: a NumPy dtype with a field of no type')
}

function repeated(layout: Layout, shape: readonly unknown[]): Layout {
  const itemsize = countElements(shape) * layout.itemsize
  return subarrayLayout(itemsize, { layout, shape: shape as readonly number[] })
}

/** Text that was sent as such or as bytes; anything else as it is. */
function textOf(value: unknown): unknown {
  return value instanceof Uint8Array && value.length < 256 ? decodeUtf8(value) : value
}

const float = String.raw`(?:\d+(?:\.\d*)?(?:e[+-]?\d+)?|nan|inf)`
const complex = new RegExp(`^\\(?(?:([+-]?${float})(?=[+-]))?([+-]?${float})j\\)?$`)

/** A `repr` of Python's `complex`: `(1+2j)`, `2j`. */
function readComplex(text: string): Complex {
  const [, re = '0', im = ''] = complex.exec(text.slice(0, 100)) ?? []
  const real = floatFromText(re)
  const imaginary = floatFromText(im)
  if (real === undefined || imaginary === undefined) {
    throw failure('bad-payload', 'msgpack: a complex number whose text is none')
  }
  return new Complex(real, imaginary)
}
