import { Complex } from '../../packages/core/src/documents/values/complex.js'
import { NDArray } from '../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../packages/core/src/documents/values/opaque-object.js'
import { PyDateTime } from '../../packages/core/src/documents/values/py-datetime.js'
import { PyTimeDelta } from '../../packages/core/src/documents/values/py-timedelta.js'

/**
 * What of a decoded value is none of the values that a document may hold, in words; undefined if all of it is.
 * Visits each container once, however often it appears, and keeps its own stack.
 */
export function undocumented(root: unknown): string | undefined {
  const seen = new Set<object>()
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) {
      const wrong = wrongScalar(value)
      if (wrong !== undefined) return wrong
      continue
    }
    if (seen.has(value)) continue
    seen.add(value)
    const wrong = wrongObject(value, waiting)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function wrongScalar(value: unknown): string | undefined {
  if (typeof value === 'bigint') {
    const isSafe = value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    return isSafe ? `a bigint ${value} that is a safe number` : undefined
  }
  const isScalar = value === null || ['boolean', 'number', 'string'].includes(typeof value)
  return isScalar ? undefined : `a ${typeof value}`
}

/** Looks at an object itself, and has what it holds looked at. */
function wrongObject(value: object, waiting: unknown[]): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype || Object.keys(value).length !== value.length) {
      return 'an array with holes, or more than its elements'
    }
    for (const item of value) waiting.push(item)
  } else if (prototype === Object.prototype) {
    return wrongDict(value, waiting)
  } else if (value instanceof Map) {
    if (prototype !== Map.prototype) return 'a Map of another class'
    for (const [key, item] of value as Map<unknown, unknown>) waiting.push(key, item)
  } else if (value instanceof NDArray) {
    return wrongArray(value, waiting)
  } else if (value instanceof OpaqueObject) {
    if (typeof value.module !== 'string' || typeof value.name !== 'string')
      return 'a nameless class'
    waiting.push(value.args)
    if (value.state !== undefined) waiting.push(value.state)
  } else if (!isOwnClass(value)) {
    return `an object of another class: ${Object.prototype.toString.call(value)}`
  }
  return undefined
}

function wrongDict(dict: object, waiting: unknown[]): string | undefined {
  const keys = Reflect.ownKeys(dict)
  if (keys.length !== Object.keys(dict).length) return 'an object with hidden keys'
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(dict, key)
    if (property === undefined || property.get !== undefined || property.set !== undefined) {
      return `a key "${String(key)}" that is not data`
    }
    waiting.push(property.value)
  }
  return undefined
}

function wrongArray({ dtype, shape, data }: NDArray, waiting: unknown[]): string | undefined {
  if (typeof dtype !== 'string') return 'an NDArray without a dtype'
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    return `an NDArray of shape [${shape.join(', ')}]`
  }
  const count = shape.reduce((product, length) => product * length, 1)
  if (count !== data.length) return `an NDArray of ${count} elements that has ${data.length}`
  if (Array.isArray(data)) waiting.push(data)
  return undefined
}

function isOwnClass(value: object): boolean {
  return (
    Object.getPrototypeOf(value) === Uint8Array.prototype ||
    value instanceof Complex ||
    value instanceof PyDateTime ||
    value instanceof PyTimeDelta
  )
}
