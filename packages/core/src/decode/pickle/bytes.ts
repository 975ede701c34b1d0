import type { Budget } from '../budget.js'

/**
 * The bytes that an argument holds: bytes as they are, and text as Latin-1, which is how Python 2 and
 * protocols before 3 write them.
 *
 * @returns undefined if it holds none.
 */
export function bytesOf(value: unknown, budget: Budget): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  return typeof value === 'string' ? encodeLatin1(value, budget) : undefined
}

/** Text as Latin-1; undefined if it has characters beyond. */
export function encodeLatin1(text: string, budget: Budget): Uint8Array | undefined {
  budget.takeCopy(text.length)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0xff) return undefined
    bytes[i] = unit
  }
  return bytes
}

/** Text as UTF-8. */
export function encodeUtf8(text: string, budget: Budget): Uint8Array {
  budget.takeCopy(text.length * 3)
  return new TextEncoder().encode(text)
}
