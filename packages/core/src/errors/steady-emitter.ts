import { EventEmitter } from 'eventemitter3'

type Names<Events extends object> = EventEmitter.EventNames<Events>
type Listener<Events extends object, N extends Names<Events>> = EventEmitter.EventListener<
  Events,
  N
>

/**
 * An emitter whose listeners can't starve each other: what one throws is told instead of thrown, so that
 * the others are called and whoever emits goes on with its work.
 */
export class SteadyEmitter<Events extends object> extends EventEmitter<Events> {
  readonly #failed: (error: unknown) => void
  readonly #guards = new WeakMap<object, (...args: never[]) => void>()

  /**
   * @param failed - told what a listener threw; by default it is thrown again once the emitter's work is
   *   done, and ends the program as an uncaught error does.
   */
  constructor(failed: (error: unknown) => void = throwLater) {
    super()
    this.#failed = failed
  }

  override on<N extends Names<Events>>(event: N, fn: Listener<Events, N>, context?: unknown): this {
    return super.on(event, this.#guarded(fn), context)
  }

  override addListener<N extends Names<Events>>(
    event: N,
    fn: Listener<Events, N>,
    context?: unknown,
  ): this {
    return this.on(event, fn, context)
  }

  override once<N extends Names<Events>>(
    event: N,
    fn: Listener<Events, N>,
    context?: unknown,
  ): this {
    return super.once(event, this.#guarded(fn), context)
  }

  override off<N extends Names<Events>>(
    event: N,
    fn?: Listener<Events, N>,
    context?: unknown,
    once?: boolean,
  ): this {
    return super.off(event, fn && this.#guarded(fn), context, once)
  }

  override removeListener<N extends Names<Events>>(
    event: N,
    fn?: Listener<Events, N>,
    context?: unknown,
    once?: boolean,
  ): this {
    return this.off(event, fn, context, once)
  }

  /** The same guard for the same listener, so that it can be taken off again. */
  #guarded<N extends Names<Events>>(fn: Listener<Events, N>): Listener<Events, N> {
    const known = this.#guards.get(fn)
    if (known) return known as Listener<Events, N>
    const failed = this.#failed
    const guarded = function (this: unknown, ...args: never[]): void {
      try {
        ;(fn as (...all: never[]) => void).apply(this, args)
      } catch (error) {
        failed(error)
      }
    }
    this.#guards.set(fn, guarded)
    // `emit` itself takes off those that are called once, by what it called
    this.#guards.set(guarded, guarded)
    return guarded as Listener<Events, N>
  }
}

/** Throws an error where nobody's work is broken off by it. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
