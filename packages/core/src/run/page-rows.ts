import { sliceColumn } from '../documents/pages/columns.js'
import { elementOf, isArray, lengthOf } from '../documents/validate/json-types.js'
import { NDArray } from '../documents/values/ndarray.js'
import { toSafeNumber } from '../documents/values/numbers.js'

/** A list of a page, or undefined for what is none. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (!isArray(value)) return undefined
  // whatever its shape says
  return value instanceof NDArray ? Array.from(value.data as ArrayLike<unknown>) : value
}

/** Some rows of a field that is a list, or a dict of lists; what is neither stays as it is. */
export function pickRows(field: unknown, rows: readonly number[]): unknown {
  if (isArray(field)) return pick(field, rows)
  if (field instanceof Map) {
    return new Map([...field].map(([key, value]: [unknown, unknown]) => [key, pick(value, rows)]))
  }
  if (typeof field !== 'object' || field === null) return field
  return Object.fromEntries(Object.entries(field).map(([key, value]) => [key, pick(value, rows)]))
}

function pick(column: unknown, rows: readonly number[]): unknown {
  if (!isArray(column)) return column
  const [first = 0, last = first] = [rows[0], rows.at(-1)]
  // what is left is mostly the end of a page
  if (last - first + 1 === rows.length) return sliceColumn(column, first, last + 1)
  const length = lengthOf(column)
  return rows.filter((row) => row < length).map((row) => plain(elementOf(column, row)))
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? toSafeNumber(value) : value
}
