/**
 * An instance of a class that isn't known here: what the wire said of it, kept and never built.
 *
 * @example
 * ```ts
 * import { OpaqueObject } from '@prompt-papermill/core'
 *
 * const path = new OpaqueObject('pathlib', 'PurePosixPath', ['/', 'a', 'b'])
 * console.log(`${path.module}.${path.name}`, path.args) // pathlib.PurePosixPath [ '/', 'a', 'b' ]
 * ```
 */
export class OpaqueObject {
  /** The module of its class, such as `pathlib`. */
  readonly module: string
  /** The class's qualified name in the module, such as `PurePosixPath`. */
  readonly name: string
  /**
   * What its class would be called with. The items of a subclass of `dict`, `list` or `set` come last,
   * as one plain object, Map or array.
   */
  readonly args: readonly unknown[]
  /** What `__setstate__` would be called with; undefined if nothing was. */
  readonly state: unknown

  constructor(module: string, name: string, args: readonly unknown[] = [], state?: unknown) {
    this.module = module
    this.name = name
    this.args = args
    this.state = state
  }
}
