/** What has to be ended of what was begun: the last first, each once, and the others though one fails. */
export class Endings {
  readonly #ends: (() => Promise<unknown>)[] = []
  #all: Promise<void> | undefined

  add(end: () => Promise<unknown>): void {
    this.#ends.push(end)
  }

  /**
   * Ends all; the same promise, however often it is asked.
   *
   * @throws the first error, when all have had their turn.
   */
  all(): Promise<void> {
    return (this.#all ??= this.#endAll())
  }

  async #endAll(): Promise<void> {
    const errors: unknown[] = []
    for (let end; (end = this.#ends.pop());) {
      await end().catch((error: unknown) => errors.push(error))
    }
    if (errors.length > 0) throw errors[0]
  }
}
