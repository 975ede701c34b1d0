import { compareCodePoints } from '../../documents/values/code-points.js'
import type { Budget } from '../budget.js'

/**
 * Brings a set's elements into an order that doesn't depend on the sender's hash seed: numbers by size,
 * strings by code point, anything else as it came. In place.
 *
 * @throws BlueskyError `too-large` if a pickle refers to long strings or integers so often that sorting takes long.
 */
export function sortSet(elements: unknown[], budget: Budget): unknown[] {
  if (elements.every((element) => typeof element === 'string')) {
    // to compare them is to read them
    budget.takeCopy(elements.reduce((total, { length }) => total + length, 0))
    return dropRepeated(elements.sort(compareCodePoints))
  }
  if (elements.every((element) => typeof element === 'number' || typeof element === 'bigint')) {
    budget.takeCopy(elements.reduce<number>((total, element) => total + bytesOf(element), 0))
    return dropRepeated(elements.sort(compareNumbers))
  }
  return elements
}

/** What has to be read of a number to compare it: for one of 64 bits or fewer, nothing worth counting. */
function bytesOf(value: number | bigint): number {
  if (typeof value === 'number' || BigInt.asIntN(64, value) === value) return 0
  return value.toString(16).length / 2
}

/** NaN comes last. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1
  if (a > b) return 1
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

/** No pickler writes an element twice, but then a pickle needn't be a pickler's. */
function dropRepeated(sorted: unknown[]): unknown[] {
  let kept = 0
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue
    sorted[kept++] = sorted[i]
  }
  sorted.length = kept
  return sorted
}
