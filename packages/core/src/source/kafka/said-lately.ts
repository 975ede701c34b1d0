/** How often the same is said again, in milliseconds. */
const again = 10_000

/** What was said lately: kafkajs says the same many times a second while it can't connect. */
export class SaidLately {
  readonly #said = new Map<string, number>()

  /** Whether a message is to be said now. */
  isNew(message: string): boolean {
    const now = performance.now()
    for (const [said, at] of this.#said) if (now - at > again) this.#said.delete(said)
    if (this.#said.has(message)) return false
    this.#said.set(message, now)
    return true
  }
}
