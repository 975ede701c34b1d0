/** Whether something is so, and who waits for it. */
export class Readiness {
  #is = false
  readonly #waiting = new Set<{ readonly go: () => void; readonly fail: (error: Error) => void }>()

  /** Resolves once it is so. */
  async wait(): Promise<void> {
    if (this.#is) return
    await new Promise<void>((go, fail) => this.#waiting.add({ go, fail }))
  }

  /** Says whether it is so. */
  set(is: boolean): void {
    this.#is = is
    if (!is) return
    for (const { go } of this.#waiting) go()
    this.#waiting.clear()
  }

  /** It will never be so: all who wait get the error. */
  fail(error: Error): void {
    for (const { fail } of this.#waiting) fail(error)
    this.#waiting.clear()
  }
}
