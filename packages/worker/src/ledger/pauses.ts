/** Pauses that can all be ended at once. */
export class Pauses {
  readonly #ends = new Set<() => void>()
  #over = false

  /** Resolves after so many milliseconds with true; with false if all were ended before, or are. */
  async pause(ms: number): Promise<boolean> {
    if (this.#over) return false
    return new Promise((resolve) => {
      const end = (): void => settle(false)
      const timer = setTimeout(() => settle(true), ms)
      const settle = (lasted: boolean): void => {
        clearTimeout(timer)
        this.#ends.delete(end)
        resolve(lasted)
      }
      this.#ends.add(end)
    })
  }

  /** Ends what lasts, and what would begin. */
  end(): void {
    this.#over = true
    for (const end of [...this.#ends]) end()
  }
}
