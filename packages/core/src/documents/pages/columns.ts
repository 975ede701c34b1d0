import { EventModelValueError } from '../../errors/event-model-errors.js'
import { elementOf, isArray, isObject, lengthOf } from '../validate/json-types.js'
import { NDArray } from '../values/ndarray.js'
import { setOwn } from '../values/own-properties.js'

/** A dict of a document, such as an event's `data`. */
export type Dict = Readonly<Record<string, unknown>>

/** The values of one key in a page, one for each event or datum. */
export type Column = readonly unknown[] | NDArray

/**
 * A value that must be a dict whose keys are all strings.
 *
 * @throws EventModelValueError if it is something else.
 */
export function asDict(value: unknown, where: string): Dict {
  if (isObject(value) && !(value instanceof Map)) return value as Dict
  throw new EventModelValueError(`${where} must be an object whose keys are strings`)
}

/**
 * A field of a document that must be there.
 *
 * @throws EventModelValueError if it is missing.
 */
export function fieldOf(doc: unknown, field: string, kind: string): unknown {
  const value = asDict(doc, kind)[field]
  if (value === undefined) throw new EventModelValueError(`${kind}: ${field} is missing`)
  return value
}

/**
 * A field that must be a dict whose keys are all strings.
 *
 * @throws EventModelValueError if it is missing or something else.
 */
export function dictOf(doc: unknown, field: string, kind: string): Dict {
  return asDict(fieldOf(doc, field, kind), `${kind}: ${field}`)
}

/**
 * A list, as a list in Python or an `ndarray` became one.
 *
 * @throws EventModelValueError if it is something else.
 */
export function columnOf(value: unknown, where: string): Column {
  if (isArray(value)) return value
  throw new EventModelValueError(`${where} must be an array`)
}

/** The values of a column one by one, as Python iterates over it. */
export function rowsOf(column: Column): readonly unknown[] {
  if (!(column instanceof NDArray)) return column
  if (column.shape.length === 1) return column.toList() as unknown[]
  return Array.from({ length: lengthOf(column) }, (_, i) => elementOf(column, i))
}

/** A part of a column; of an array a view, not a copy. */
export function sliceColumn(column: Column, from: number, to: number): Column {
  if (!(column instanceof NDArray)) return column.slice(from, to)
  const length = Math.max(Math.min(to, lengthOf(column)) - from, 0)
  const size = column.shape.slice(1).reduce((product, n) => product * n, 1)
  const { data } = column
  const [first, last] = [from * size, (from + length) * size]
  return new NDArray(
    column.dtype,
    [length, ...column.shape.slice(1)],
    'subarray' in data ? data.subarray(first, last) : data.slice(first, last),
  )
}

/**
 * Makes a dict of lists from a list of dicts.
 *
 * @throws EventModelValueError if the dicts don't all have the same keys: the lists would be of different
 *   lengths then, and a value could not be told to be which one's.
 */
export function toColumns(rows: readonly Dict[], where: string): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = {}
  const [first = {}] = rows
  for (const key of Object.keys(first)) setOwn(columns, key, [first[key]])
  // most pages are made of a single event on its way to a callback
  if (rows.length === 1) return columns
  for (const row of rows.slice(1)) {
    for (const key of Object.keys(row)) {
      if (Object.hasOwn(columns, key)) columns[key]?.push(row[key])
      else setOwn(columns, key, [row[key]])
    }
  }
  for (const key of Object.keys(columns)) {
    if (columns[key]?.length !== rows.length) {
      throw new EventModelValueError(`${where}: ${JSON.stringify(key)} is in some of them only`)
    }
  }
  return columns
}

/** Makes a list of dicts from a dict of lists: so many as the shortest list has items, as Python does. */
export function toRows(columns: Dict, where: string): Record<string, unknown>[] {
  const keys = Object.keys(columns)
  const lists = keys.map((key) => rowsOf(columnOf(columns[key], `${where}.${key}`)))
  const length = lists.length === 0 ? 0 : Math.min(...lists.map((list) => list.length))
  const rows: Record<string, unknown>[] = []
  for (let i = 0; i < length; i += 1) {
    const row: Record<string, unknown> = {}
    for (let k = 0; k < keys.length; k += 1) setOwn(row, keys[k] as string, lists[k]?.[i])
    rows.push(row)
  }
  return rows
}
