/**
 * How long an answer is given again, in milliseconds: less than any page waits before it asks for what it was told of
 * (100), so that nobody gets what was before.
 */
const kept = 50

/** Answers that several ask for at once, as all open pages do after a burst of runs: each is made once for all. */
export class SharedAnswers {
  readonly #answers = new Map<string, Promise<string>>()

  /** The answer of that name, under way or just made; else made now. */
  ask(name: string, make: () => Promise<string>): Promise<string> {
    const known = this.#answers.get(name)
    if (known) return known
    const made = make()
    this.#answers.set(name, made)
    const forget = (): void => {
      setTimeout(() => this.#answers.delete(name), kept).unref()
    }
    made.then(forget, forget)
    return made
  }
}
