import { compareCodePoints } from '../../documents/values/code-points.js'

/**
 * Brings a set's elements into an order that doesn't depend on the sender's hash seed: numbers by size,
 * strings by code point, anything else as it came. In place.
 */
export function sortSet(elements: unknown[]): unknown[] {
  if (elements.every((element) => typeof element === 'string')) {
    return replaceBy(elements, unique(elements).sort(compareCodePoints))
  }
  if (elements.every((element) => typeof element === 'number' || typeof element === 'bigint')) {
    return replaceBy(elements, unique(elements).sort(compareNumbers))
  }
  return elements
}

/**
 * No pickler writes an element twice. Were it left to the sorting, a long string that a pickle refers to
 * a million times would be compared as often.
 */
function unique<T>(elements: readonly T[]): T[] {
  return [...new Set(elements)]
}

function replaceBy(elements: unknown[], sorted: readonly unknown[]): unknown[] {
  for (let i = 0; i < sorted.length; i++) elements[i] = sorted[i]
  elements.length = sorted.length
  return elements
}

/** NaN comes last. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1
  if (a > b) return 1
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}
