import { NDArray } from '../../documents/values/ndarray.js'
import { OpaqueObject } from '../../documents/values/opaque-object.js'
import { setOwn } from '../../documents/values/own-properties.js'
import { childrenOf } from '../check-tree.js'

/**
 * Puts Maps in the places of the plain objects that they replaced, wherever a value still holds one: a
 * dict that was used before its first key came that is no string.
 *
 * @returns the root itself, or what replaced it.
 */
export function replaceStaleDicts(root: unknown, replaced: ReadonlyMap<unknown, unknown>): unknown {
  const current = (value: unknown): unknown => replaced.get(value) ?? value
  const seen = new Set<object>()
  const waiting: unknown[] = [current(root)]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    replaceIn(value, current)
    for (const child of childrenOf(value) ?? []) waiting.push(child)
  }
  return current(root)
}

function replaceIn(container: object, current: (value: unknown) => unknown): void {
  if (Array.isArray(container)) {
    for (let i = 0; i < container.length; i++) container[i] = current(container[i])
  } else if (container instanceof Map) {
    const entries = [...(container as Map<unknown, unknown>)]
    container.clear()
    for (const [key, value] of entries) container.set(current(key), current(value))
  } else if (container instanceof OpaqueObject) {
    replaceIn(container.args, current)
    if (container.state !== undefined) {
      Object.defineProperty(container, 'state', { value: current(container.state) })
    }
  } else if (container instanceof NDArray) {
    if (Array.isArray(container.data)) replaceIn(container.data, current)
  } else if (Object.getPrototypeOf(container) === Object.prototype) {
    const dict = container as Record<string, unknown>
    for (const key of Object.keys(dict)) setOwn(dict, key, current(dict[key]))
  }
}
