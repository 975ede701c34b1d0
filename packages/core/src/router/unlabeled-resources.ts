/** As many as event_model's RunRouter remembers. */
const remembered = 10_000

/**
 * Resources that name no run, as old ones do: theirs and their datums' run can't be told, so that all runs
 * get them. The oldest are forgotten.
 */
export class UnlabeledResources {
  readonly #uids = new Set<string>()

  add(uid: string): void {
    this.#uids.delete(uid)
    this.#uids.add(uid)
    if (this.#uids.size <= remembered) return
    const [oldest] = this.#uids
    this.#uids.delete(oldest as string)
  }

  has(uid: string): boolean {
    return this.#uids.has(uid)
  }
}
