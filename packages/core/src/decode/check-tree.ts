import { Complex } from '../documents/values/complex.js'
import { NDArray } from '../documents/values/ndarray.js'
import { OpaqueObject } from '../documents/values/opaque-object.js'
import { failure } from './failure.js'

/** What a value may be, seen as the tree that its JSON is. */
export interface TreeLimits {
  readonly maxDepth: number
  /** Values, characters and bytes counted together, as often as they appear. */
  readonly maxUnits: number
  /** Whether anything may appear at more than one place, so that the tree is larger than the memory it takes. */
  readonly isShared: boolean
}

interface Level {
  readonly container: object
  readonly children: readonly unknown[]
  index: number
  units: number
  /** Of what is below it. */
  height: number
}

interface Measured {
  readonly units: number
  readonly height: number
}

/**
 * Checks the depth of a decoded value, that it doesn't contain itself, and how large it is as a tree. It
 * keeps its own stack, and visits each container once however often it appears.
 *
 * @returns how many values, characters and bytes it comes to.
 * @throws BlueskyError `too-deep`, `cyclic` or `too-large`.
 */
export function checkTree(root: unknown, limits: TreeLimits): number {
  const { maxDepth, maxUnits, isShared } = limits
  const known = isShared ? new Map<object, Measured | 'open'>() : undefined
  const path: Level[] = []
  let value = root
  for (;;) {
    const container = typeof value === 'object' && value !== null ? value : undefined
    const children = container === undefined ? undefined : childrenOf(container)
    let measured: Measured | undefined
    if (container === undefined || children === undefined) {
      measured = { units: unitsOf(value), height: 0 }
    } else if (children.length === 0) {
      measured = { units: ownUnits(container), height: 1 }
    } else {
      const state = known?.get(container)
      if (state === 'open') throw failure('cyclic', 'a value contains itself')
      measured = state
    }
    if (path.length + (measured?.height ?? 1) > maxDepth) {
      throw failure('too-deep', `the value nests deeper than ${maxDepth} containers`)
    }
    if (measured === undefined && container !== undefined && children !== undefined) {
      known?.set(container, 'open')
      path.push({ container, children, index: 0, units: ownUnits(container), height: 0 })
    }
    let level = path[path.length - 1]
    if (measured !== undefined && level !== undefined) add(level, measured, maxUnits)
    while (level !== undefined && level.index === level.children.length) {
      measured = { units: level.units, height: level.height + 1 }
      known?.set(level.container, measured)
      path.pop()
      level = path[path.length - 1]
      if (level !== undefined) add(level, measured, maxUnits)
    }
    if (level === undefined) return measured?.units ?? 0
    value = level.children[level.index++]
  }
}

function add(level: Level, { units, height }: Measured, maxUnits: number): void {
  level.units += units
  if (height > level.height) level.height = height
  if (level.units > maxUnits) {
    throw failure(
      'too-large',
      `the value is larger than ${maxUnits} values and bytes when written out`,
    )
  }
}

/** What a container holds; undefined for what is none. */
export function childrenOf(value: object): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[]
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return Object.values(value) as readonly unknown[]
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)].flat(1)
  if (value instanceof OpaqueObject) {
    return value.state === undefined ? value.args : [...value.args, value.state]
  }
  if (value instanceof NDArray && Array.isArray(value.data)) return value.data as readonly unknown[]
  return undefined
}

/** What a container counts without its children. */
function ownUnits(container: object): number {
  if (container instanceof OpaqueObject) return 1 + container.module.length + container.name.length
  if (Object.getPrototypeOf(container) !== Object.prototype) return 1
  return Object.keys(container).reduce((total, key) => total + 1 + key.length, 1)
}

/** What a value without children counts. */
function unitsOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length
  if (typeof value === 'bigint') return value.toString(16).length
  if (value instanceof Uint8Array) return 1 + value.length
  if (value instanceof NDArray) return 1 + value.data.length
  if (value instanceof Complex) return 2
  return 1
}
