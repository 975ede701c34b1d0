/**
 * Values by uid, of which only the latest so many are kept: a bounded memory of what may come without end.
 */
export class Recent<Value> {
  readonly #most: number
  readonly #values = new Map<string, Value>()

  /**
   * @param most - how many are kept.
   */
  constructor(most: number) {
    this.#most = most
  }

  /** The uid that is forgotten next. */
  get oldest(): string | undefined {
    return this.#values.keys().next().value
  }

  /** Keeps a value, and makes it the latest. */
  note(uid: string, value: Value): void {
    this.#values.delete(uid)
    this.#values.set(uid, value)
    if (this.#values.size > this.#most) this.#values.delete(this.oldest as string)
  }

  has(uid: string): boolean {
    return this.#values.has(uid)
  }

  get(uid: string): Value | undefined {
    return this.#values.get(uid)
  }

  forget(uid: string): void {
    this.#values.delete(uid)
  }

  /** The uids, the latest last. */
  get uids(): readonly string[] {
    return [...this.#values.keys()]
  }
}
