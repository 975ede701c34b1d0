import { setOwn } from '../documents/values/own-properties.js'
import { type Budget, longestHashed } from './budget.js'
import { failure } from './failure.js'

/** What a dict becomes: a plain object, or a Map once a key came that is no string. */
export type Dict = Record<string, unknown> | Map<unknown, unknown>

/** Whether `value` is what a dict becomes. */
export function isDict(value: unknown): value is Dict {
  if (typeof value !== 'object' || value === null) return false
  return Object.getPrototypeOf(value) === Object.prototype || value instanceof Map
}

/**
 * Adds items to a dict: keys and values in turn, in `items` from `from` to before `to`.
 *
 * @returns the dict; a Map in its place if a key was no string.
 * @throws BlueskyError `too-large` for more keys than can be told apart in bounded time.
 */
export function addItems(
  dict: Dict,
  items: readonly unknown[],
  from: number,
  to: number,
  budget: Budget,
): Dict {
  if (dict instanceof Map) {
    for (let i = from; i < to; i += 2) setInMap(dict, items[i], items[i + 1], budget)
    return dict
  }
  for (let i = from; i < to; i += 2) {
    const key = items[i]
    if (typeof key !== 'string') return addItems(mapOf(dict, budget), items, i, to, budget)
    if (key.length > longestHashed) budget.takeLongKey(key.length)
    const first = key.charCodeAt(0)
    // a digit may begin an index, and an underscore __proto__
    if (first > 0x39 && first !== 0x5f) dict[key] = items[i + 1]
    else setUnusualKey(dict, key, items[i + 1])
  }
  return dict
}

/** A Map of the items of a plain object. */
function mapOf(dict: Record<string, unknown>, budget: Budget): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>()
  for (const [key, value] of Object.entries(dict)) setInMap(map, key, value, budget)
  return map
}

function setInMap(map: Map<unknown, unknown>, key: unknown, value: unknown, budget: Budget): void {
  if (typeof key === 'string' && key.length > longestHashed) budget.takeLongKey(key.length)
  else budget.takeKeySteps(map.size * stepsOf(key))
  map.set(key, value)
}

/**
 * What it takes a Map to compare a key with one of the same hash, if all may have it; 0 for what is hashed
 * by a secret of the process: texts, but in some versions of V8 those that look like an index, and objects.
 */
function stepsOf(key: unknown): number {
  switch (typeof key) {
    case 'number':
      return 1
    case 'string':
      return /^\d/.test(key) ? 1 : 0
    case 'bigint':
      return BigInt.asIntN(64, key) === key ? 2 : key.toString(16).length / 8
    default:
      return 0
  }
}

/**
 * A dict from its items as pairs.
 *
 * @throws BlueskyError `bad-payload` if they aren't pairs.
 */
export function dictFromPairs(pairs: readonly unknown[], budget: Budget): Dict {
  budget.takeCopy(16 * pairs.length)
  const items: unknown[] = []
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw failure('bad-payload', 'a dict whose items are not pairs')
    }
    items.push(pair[0], pair[1])
  }
  return addItems({}, items, 0, items.length, budget)
}

const farIndex = '4294967293'

/** Sets a key that JavaScript may treat differently from others. */
function setUnusualKey(dict: Record<string, unknown>, key: string, value: unknown): void {
  // A key such as '1000' would make V8 reserve room for a thousand elements. With one far away it
  // keeps them in a hash table.
  if (key.length <= 4 && /^\d+$/.test(key) && !Object.hasOwn(dict, farIndex)) {
    dict[farIndex] = value
    Reflect.deleteProperty(dict, farIndex)
  }
  setOwn(dict, key, value)
}
