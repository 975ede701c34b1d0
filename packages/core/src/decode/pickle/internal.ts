import { OpaqueObject } from '../../documents/values/opaque-object.js'
import type { PyTimeDelta } from '../../documents/values/py-timedelta.js'
import type { Budget } from '../budget.js'
import type { Layout } from '../numpy/layout.js'
import type { WallTime, ZoneOffsets } from '../zone-offsets.js'

/** What constructors may use. */
export interface BuildContext {
  readonly budget: Budget
  readonly globals: GlobalFinder
  readonly zones: ZoneOffsets
}

/** Finds classes and functions by name. */
export interface GlobalFinder {
  find(module: string, name: string): PickledGlobal
}

/**
 * Makes a value of what a class or function would be called with.
 *
 * @returns undefined if it isn't called so by any pickler; the call then stays an opaque object.
 * @throws BlueskyError for arguments that Python would refuse too.
 */
export type Constructor = (args: readonly unknown[], context: BuildContext) => unknown

/** A string that two bytes may refer to may be so long. */
export const longestSmall = 128

/**
 * What a pickle refers to on its way to a value: a class, a dtype, a time zone. If one is part of a
 * document itself, it is the opaque object that it looks like.
 */
export abstract class Internal extends OpaqueObject {
  readonly #isSmall: boolean

  constructor(module: string, name: string, args: readonly unknown[]) {
    super(module, name, args)
    this.#isSmall = module.length + name.length <= longestSmall && args.every(isSmallValue)
  }

  /** Whether it takes so little room, written out, that a pickle may refer to it as often as it can. */
  get isSmall(): boolean {
    return this.#isSmall
  }
}

function isSmallValue(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longestSmall
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  return value instanceof PickledGlobal && value.isSmall
}

/** A class or a function, by its name alone. */
export class PickledGlobal extends Internal {
  readonly #construct: Constructor | undefined

  constructor(module: string, name: string, construct?: Constructor) {
    super(module, name, [])
    this.#construct = construct
    Object.freeze(this.args)
    Object.freeze(this)
  }

  /** Calls it, if it is known what comes of it. */
  construct(args: readonly unknown[], context: BuildContext): unknown {
    const value = this.#construct?.(args, context)
    return value === undefined ? new OpaqueObject(this.module, this.name, args) : value
  }
}

/** A `numpy.dtype`, complete once its state was set. */
export class PickledDtype extends Internal {
  #layout: Layout

  constructor(args: readonly unknown[], layout: Layout) {
    super('numpy', 'dtype', args)
    this.#layout = layout
  }

  get layout(): Layout {
    return this.#layout
  }

  set layout(layout: Layout) {
    this.#layout = layout
  }
}

/** A time zone: one of the classes of `tzinfo` whose offsets are known here. */
export class PickledZone extends Internal {
  #offsetAt: (wall: WallTime | null) => number | null | undefined

  /**
   * @param offsetAt - the offset in seconds at a wall time, or of a time without a day (null); null if it
   *   has none, undefined if it isn't known.
   */
  constructor(
    opaque: OpaqueObject,
    offsetAt: (wall: WallTime | null) => number | null | undefined,
  ) {
    super(opaque.module, opaque.name, opaque.args)
    this.#offsetAt = offsetAt
  }

  /** A zone with one offset, all year. */
  static fixed(opaque: OpaqueObject, offset: number | PyTimeDelta): PickledZone {
    const seconds = typeof offset === 'number' ? offset : offset.totalSeconds()
    return new PickledZone(opaque, () => seconds)
  }

  offsetAt(wall: WallTime | null): number | null | undefined {
    return this.#offsetAt(wall)
  }

  /** Gives it the one offset that its state told. */
  setFixed(offset: PyTimeDelta): void {
    this.#offsetAt = () => offset.totalSeconds()
  }
}
