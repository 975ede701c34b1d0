/**
 * The value at a dotted path of a document, or undefined if there is none. Only own properties count,
 * and numbers reach into arrays. A metadata key that itself contains dots is found by its whole name.
 */
export function lookUp(value: unknown, path: string): unknown {
  const literal = literalAt(value, path)
  return literal ? literal.value : path.split('.').reduce(property, value)
}

/**
 * As {@link lookUp}, and a name reaches into the elements of an array, as it does in queries: what is found
 * there is a list.
 */
export function findAll(value: unknown, path: string): unknown {
  const literal = literalAt(value, path)
  return literal ? literal.value : path.split('.').reduce(propertyOrEach, value)
}

/** The value of the key that is the whole path, dots and all, where the path itself leads nowhere. */
export function literalAt(value: unknown, path: string): { readonly value: unknown } | null {
  if (!path.includes('.')) return null
  const literal = property(value, path)
  if (literal === undefined || path.split('.').reduce(propertyOrEach, value) !== undefined) {
    return null
  }
  return { value: literal }
}

function property(value: unknown, key: string): unknown {
  if (value instanceof Map) return ofMap(value, key)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return (value as Record<string, unknown>)[key]
}

/** A dict whose keys aren't all texts; a rule can only write them as such. */
function ofMap(map: ReadonlyMap<unknown, unknown>, key: string): unknown {
  if (map.has(key)) return map.get(key)
  for (const [other, value] of map) if (isNumber(other) && String(other) === key) return value
  return undefined
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint'
}

function propertyOrEach(value: unknown, key: string): unknown {
  if (!Array.isArray(value) || /^\d+$/u.test(key)) return property(value, key)
  const found = value.map((item) => propertyOrEach(item, key)).filter((item) => item !== undefined)
  return found.length > 0 ? found : undefined
}
