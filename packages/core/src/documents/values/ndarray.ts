import { BlueskyError } from '../../errors/bluesky-error.js'
import { toSafeNumber } from './numbers.js'

/** What holds an array's elements: a typed array where the dtype has one, else a plain array. */
export type NDArrayData =
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
  | readonly unknown[]

/**
 * A NumPy array: `numpy.ndarray` in C order.
 *
 * @example
 * ```ts
 * import { NDArray } from '@prompt-papermill/core'
 *
 * const image = new NDArray('<u2', [2, 2], Uint16Array.of(1, 2, 3, 4))
 * console.log(image.toList()) // [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export class NDArray {
  /** NumPy's `dtype.str`, such as `<u2`. The data is in this machine's byte order all the same. */
  readonly dtype: string
  /** The length of each axis, slowest first; `[]` for an array without dimensions. */
  readonly shape: readonly number[]
  /** The elements in C order; booleans (`|b1`) are a `Uint8Array` of 0 and 1. */
  readonly data: NDArrayData

  constructor(dtype: string, shape: readonly number[], data: NDArrayData) {
    this.dtype = dtype
    this.shape = shape
    this.data = data
  }

  /**
   * The elements as nested lists, as `ndarray.tolist()` gives them: integers beyond 2**53 are bigints,
   * booleans are booleans, and an array without dimensions is its bare element.
   *
   * @throws BlueskyError `bad-document` if the shape and the number of elements disagree.
   */
  toList(): unknown {
    const count = this.shape.reduce((product, length) => product * length, 1)
    if (count !== this.data.length) {
      throw new BlueskyError(
        'bad-document',
        `an array of shape [${this.shape.join(', ')}] holds ${count} elements; its data has ${this.data.length}`,
      )
    }
    return nest(elements(this), this.shape, 0, 0)
  }
}

/** The elements as values of a document, still in one row. */
function elements({ dtype, data }: NDArray): readonly unknown[] {
  if (Array.isArray(data)) return data as readonly unknown[]
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Array.from(data as Iterable<bigint>, toSafeNumber)
  }
  if (dtype.endsWith('b1')) return Array.from(data as Uint8Array, (element) => element !== 0)
  return Array.from(data as Float64Array)
}

/** Nests `row` from element `from` on, by the dimensions from `axis` on. */
function nest(
  row: readonly unknown[],
  shape: readonly number[],
  axis: number,
  from: number,
): unknown {
  if (axis === shape.length) return row[from]
  const length = shape[axis] as number
  if (axis === shape.length - 1) return row.slice(from, from + length)
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  return Array.from({ length }, (_, i) => nest(row, shape, axis + 1, from + i * stride))
}

/**
 * What stands for an array without dimensions in JSON: its one element.
 *
 * @throws BlueskyError `cyclic` if it contains itself.
 */
export function bareElement(array: NDArray): unknown {
  const seen = new Set<unknown>()
  let element: unknown = array
  while (element instanceof NDArray && element.shape.length === 0) {
    if (seen.has(element)) throw new BlueskyError('cyclic', 'an array contains itself')
    seen.add(element)
    element = element.toList()
  }
  return element
}
