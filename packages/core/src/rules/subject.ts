import type { Run } from '../run/run.js'
import { NDArray } from '../documents/values/ndarray.js'
import { PyDateTime } from '../documents/values/py-datetime.js'
import { lookUp } from './look-up.js'
import { isPlainObject } from './query-check.js'

/** The part of a run that a key of a query looks at. */
export type Part = 'start' | 'stop' | 'run'

/** Which part a key looks at, and where in it. `start.stop.x` reaches a metadata key named `stop`. */
export function partOf(key: string): { readonly part: Part; readonly path: string } {
  const match = /^(?<part>start|stop|run)\.(?<path>.+)$/u.exec(key)
  return match?.groups
    ? { part: match.groups.part as Part, path: match.groups.path as string }
    : { part: 'start', path: key }
}

/** What `run.…` reaches in rules and parameters. */
function countedOf(run: Run): Record<string, unknown> {
  return {
    uid: run.uid,
    complete: run.complete,
    documents: run.documents,
    events: run.events,
    streams: run.streams,
    gaps: run.gaps.length,
    miscounts: run.miscounts.length,
    joined: run.joined,
    duplicates: run.duplicates,
    interruptions: run.interruptions,
    duration: run.duration,
    origin: run.origin,
  }
}

/** The document that a key looks at, or undefined while it has not come. */
export function partOfRun(run: Run, part: Part): unknown {
  switch (part) {
    case 'start':
      return run.started ? run.start : undefined
    case 'stop':
      return run.stop ?? undefined
    case 'run':
      // what was counted is final only with the stop
      return run.stopped ? countedOf(run) : undefined
  }
}

/** The value at a key such as `start.sample.name`, `stop.exit_status` or `run.complete`. */
export function valueOf(run: Run, key: string): unknown {
  const { part, path } = partOf(key)
  return lookUp(partOfRun(run, part), path)
}

/** The largest array, in elements, that a query looks into. */
const maxElements = 10_000

/**
 * A value as queries compare it: bigints as numbers (a bigint never equals a number there), arrays as
 * lists, datetimes as their ISO text, a `Map` as an object of its string keys.
 */
export function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof PyDateTime) return value.isoformat()
  if (value instanceof NDArray) return comparableArray(value)
  if (Array.isArray(value)) return value.map(comparable)
  if (value instanceof Map) return comparableEntries(value.entries())
  return isPlainObject(value) ? comparableEntries(Object.entries(value)) : value
}

function comparableArray(array: NDArray): unknown {
  // NaN is there and equals nothing
  if (array.data.length > maxElements) return NaN
  let list: unknown
  try {
    list = array.toList()
  } catch {
    // made by hand, with other elements than its shape says
    return NaN
  }
  return comparable(list)
}

/** A condition of a query as it is compared; its dicts are such as sift knows for operators. */
export function comparableCondition(condition: unknown): unknown {
  if (Array.isArray(condition)) return condition.map(comparableCondition)
  if (!isPlainObject(condition)) return comparable(condition)
  return Object.fromEntries(
    Object.entries(condition).map(([key, value]) => [key, comparableCondition(value)]),
  )
}

function comparableEntries(entries: Iterable<readonly [unknown, unknown]>): object {
  const object: object = {}
  for (const [key, value] of entries) {
    // defineProperty, since assignment to `__proto__` would set the prototype
    Object.defineProperty(object, String(key), {
      value: comparable(value),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return object
}
