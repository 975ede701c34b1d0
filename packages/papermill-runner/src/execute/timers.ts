const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Timers that are forgotten together. */
export class Timers {
  readonly #timers: NodeJS.Timeout[] = []

  /** Does this in so many seconds; never with Infinity. */
  after(seconds: number, action: () => void): NodeJS.Timeout | undefined {
    if (seconds === Infinity) return undefined
    const timer = setTimeout(action, Math.min(seconds * 1000, LONGEST_TIMER_MS))
    this.#timers.push(timer)
    return timer
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
