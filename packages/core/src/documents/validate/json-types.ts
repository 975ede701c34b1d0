import { Complex } from '../values/complex.js'
import { NDArray } from '../values/ndarray.js'

/*
 * What decoded values count as in JSON schema's terms. The generated validators ask here where ajv
 * would look at the JSON value itself, so that they judge as event_model's `schema_validators` do,
 * which see Python's values: an `ndarray` is an array, an int of any size an integer.
 */

/**
 * Whether a Python dict became this: a plain object, or a `Map` where a key is no string. An object of
 * another class (an array, bytes, a date, an opaque object) is none.
 */
export function isObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return true
  // an object literal of another realm (a frame or a worker) has another Object.prototype
  return prototype === null || Object.getPrototypeOf(prototype) === null || value instanceof Map
}

/** Whether a Python list, tuple or `ndarray` became this. */
export function isArray(value: unknown): value is readonly unknown[] | NDArray {
  return Array.isArray(value) || value instanceof NDArray
}

/** Whether it is a number. NaN, infinity and complex numbers are numbers in Python, so they are here. */
export function isNumber(value: unknown): value is number | bigint | Complex {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Complex
}

/** Whether it is a whole number. A whole float is one, for jsonschema as well. */
export function isInteger(value: unknown): value is number | bigint {
  return Number.isInteger(value) || typeof value === 'bigint'
}

/** How many elements it has; an `ndarray`'s are those of its first axis. */
export function lengthOf(array: readonly unknown[] | NDArray): number {
  return array instanceof NDArray ? (array.shape[0] ?? 0) : array.length
}

/** One element; of an `ndarray` with several axes, the array without the first one. */
export function elementOf(array: readonly unknown[] | NDArray, index: number): unknown {
  if (!(array instanceof NDArray)) return array[index]
  const shape = array.shape.slice(1)
  if (shape.length === 0) return scalar(array, index)
  const size = shape.reduce((product, length) => product * length, 1)
  const [from, to] = [index * size, (index + 1) * size]
  const { data } = array
  return new NDArray(
    array.dtype,
    shape,
    'subarray' in data ? data.subarray(from, to) : data.slice(from, to),
  )
}

function scalar({ dtype, data }: NDArray, index: number): unknown {
  return dtype === '|b1' ? Boolean(data[index]) : data[index]
}
