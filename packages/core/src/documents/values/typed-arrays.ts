/** A typed array of those that hold the elements of an `NDArray`. */
export type ElementArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** The constructor of an {@link ElementArray}. */
export interface ElementArrayConstructor {
  readonly name: string
  readonly BYTES_PER_ELEMENT: number
  new (length: number): ElementArray
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ElementArray
}

const byKind: ReadonlyMap<string, ElementArrayConstructor> = new Map<
  string,
  ElementArrayConstructor
>([
  ['b1', Uint8Array],
  ['i1', Int8Array],
  ['u1', Uint8Array],
  ['i2', Int16Array],
  ['u2', Uint16Array],
  ['i4', Int32Array],
  ['u4', Uint32Array],
  ['i8', BigInt64Array],
  ['u8', BigUint64Array],
  ['M8', BigInt64Array],
  ['m8', BigInt64Array],
  ['f4', Float32Array],
  ['f8', Float64Array],
])

/**
 * The typed array that holds elements of a NumPy dtype.
 *
 * @param dtype - a `dtype.str`, with or without its byte order: `<u2`, `|b1`, `<M8[ns]`, `f8`.
 * @returns undefined where there is none: complex numbers, strings, structures, `float16`.
 */
export function elementArrayFor(dtype: string): ElementArrayConstructor | undefined {
  const start = '<>|='.includes(dtype.charAt(0)) ? 1 : 0
  const bracket = dtype.indexOf('[', start)
  return byKind.get(dtype.slice(start, bracket === -1 ? undefined : bracket))
}
