/**
 * The same plain data without what is undefined, which has no JSON: JavaScript's optional fields, which
 * `JSON.stringify` leaves out too.
 */
export function withoutUndefined<T>(value: T): T {
  return strip(value) as T
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item) ?? null)
  if (!isPlain(value)) return value
  const kept = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]))
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  )
}
