/** Which texts came lately: a bounded memory that costs one look-up, however full it is. */
export class RecentSet {
  readonly #most: number
  #latest = new Set<string>()
  #before = new Set<string>()

  /**
   * @param most - how many of the latest are remembered for certain; up to twice as many are.
   */
  constructor(most: number) {
    this.#most = most
  }

  has(text: string): boolean {
    return this.#latest.has(text) || this.#before.has(text)
  }

  add(text: string): void {
    // forgets a generation at once: the oldest of a Map or Set takes a search to find
    if (this.#latest.size >= this.#most) {
      this.#before = this.#latest
      this.#latest = new Set()
    }
    this.#latest.add(text)
  }
}
