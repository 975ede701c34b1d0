/**
 * The value at a dotted path of a document, or undefined if there is none. Only own properties count,
 * and numbers reach into arrays. A metadata key that itself contains dots is found by its whole name.
 */
export function lookUp(value: unknown, path: string): unknown {
  const found = path.split('.').reduce(property, value)
  return found === undefined ? property(value, path) : found
}

function property(value: unknown, key: string): unknown {
  if (value instanceof Map) return value.get(key)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}
