/** Lets a line of each kind through once in a while, and counts the others. */
export class Throttle {
  readonly #interval: number
  readonly #kinds = new Map<string, { since: number; held: number }>()

  /**
   * @param interval - milliseconds between two lines of one kind.
   */
  constructor(interval: number) {
    this.#interval = interval
  }

  /**
   * Calls `say` now, or not.
   *
   * @param say - told how many of its kind were held back since the last.
   */
  pass(kind: string, say: (held: number) => void): void {
    // a clock that nobody sets
    const now = performance.now()
    const known = this.#kinds.get(kind)
    if (known && now - known.since < this.#interval) {
      known.held += 1
      return
    }
    // kinds come from documents: bounded
    if (!known && this.#kinds.size >= 100) return
    say(known?.held ?? 0)
    this.#kinds.set(kind, { since: now, held: 0 })
  }
}
