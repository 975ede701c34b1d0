/** Counts by one word: cheap enough for every document. */
export class Tally {
  readonly #counts: Map<string, number>

  /** @param words - those that are told from the start, as 0. */
  constructor(words: readonly string[] = []) {
    this.#counts = new Map(words.map((word) => [word, 0]))
  }

  add(word: string): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1)
  }

  [Symbol.iterator](): IterableIterator<[string, number]> {
    return this.#counts.entries()
  }
}
