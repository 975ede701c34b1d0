import { Complex } from '../../documents/values/complex.js'
import type { NDArray } from '../../documents/values/ndarray.js'
import { type ElementArray, elementArrayFor } from '../../documents/values/typed-arrays.js'
import { swapBytes } from '../numpy/order.js'

/** What is wrong with an array whose data is not what its shape and dtype say; undefined if nothing is. */
export function misfitOf({ dtype, shape, data }: NDArray): string | undefined {
  const count = shape.reduce((product, length) => product * length, 1)
  if (data.length !== count) {
    return `an array of shape [${shape.join(', ')}] with ${data.length} elements`
  }
  const wanted = elementArrayFor(dtype)?.name
  // not by instanceof: it may come from another realm
  const found = Array.isArray(data) ? 'Array' : (data as ElementArray)[Symbol.toStringTag]
  return wanted === undefined || found === wanted
    ? undefined
    : `an array of dtype ${dtype} whose data is no ${wanted} but ${found}`
}

/**
 * The raw bytes of an array's elements, as its dtype has them.
 *
 * @param array - of data that is what its shape and dtype say.
 * @returns undefined where they can't be made: objects, structures, `float16`, `long double`.
 */
export function arrayBytes(array: NDArray): Uint8Array | undefined {
  const [, order, kind, size] = /^([<>|=])([a-zA-Z])(\d+)/.exec(array.dtype) ?? []
  if (kind === undefined) return undefined
  const isBig = order === '>'
  if (elementArrayFor(array.dtype) !== undefined) {
    const { buffer, byteOffset, byteLength } = array.data as ElementArray
    return inOrder(new Uint8Array(buffer, byteOffset, byteLength), Number(size), isBig)
  }
  const elements = array.data as readonly unknown[]
  if (kind === 'c') return complexBytes(elements, Number(size) / 2, isBig)
  if (kind === 'U') return textBytes(elements, Number(size), isBig)
  return kind === 'S' ? paddedBytes(elements, Number(size)) : undefined
}

/** The same bytes, or a copy in the order of a big-endian dtype. */
function inOrder(bytes: Uint8Array, itemsize: number, isBig: boolean): Uint8Array {
  if (!isBig) return bytes
  const swapped = bytes.slice()
  swapBytes(swapped, itemsize)
  return swapped
}

function complexBytes(
  elements: readonly unknown[],
  partSize: number,
  isBig: boolean,
): Uint8Array | undefined {
  if (partSize !== 4 && partSize !== 8) return undefined
  if (!elements.every((element) => element instanceof Complex)) return undefined
  const parts = elements.flatMap(({ re, im }) => [re, im])
  const data = partSize === 4 ? Float32Array.from(parts) : Float64Array.from(parts)
  return inOrder(new Uint8Array(data.buffer), partSize, isBig)
}

/** Four bytes a character, padded with NULs. */
function textBytes(
  elements: readonly unknown[],
  characters: number,
  isBig: boolean,
): Uint8Array | undefined {
  const data = new Uint32Array(elements.length * characters)
  for (const [i, element] of elements.entries()) {
    const codePoints = typeof element === 'string' ? Array.from(element, codePointOf) : undefined
    if (codePoints === undefined || codePoints.length > characters) return undefined
    data.set(codePoints, i * characters)
  }
  return inOrder(new Uint8Array(data.buffer), 4, isBig)
}

function codePointOf(character: string): number {
  return character.codePointAt(0) as number
}

function paddedBytes(elements: readonly unknown[], size: number): Uint8Array | undefined {
  const data = new Uint8Array(elements.length * size)
  for (const [i, element] of elements.entries()) {
    if (!(element instanceof Uint8Array) || element.length > size) return undefined
    data.set(element, i * size)
  }
  return data
}
