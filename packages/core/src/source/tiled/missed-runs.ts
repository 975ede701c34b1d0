/** What is remembered of a run that the server has and the memory does not know. */
export interface MissedRun {
  /** When it was first seen: milliseconds of the program's clock. */
  readonly since: number
  /** How often it was delivered. */
  deliveries: number
  /** How often its documents could not be read. */
  failures: number
  /** Whether it is left alone, which was said. */
  givenUp: boolean
}

/** The runs that are not known, as far as they were seen. */
export class MissedRuns {
  readonly #runs = new Map<string, MissedRun>()

  of(uid: string): MissedRun {
    const known = this.#runs.get(uid)
    if (known) return known
    const run = { since: performance.now(), deliveries: 0, failures: 0, givenUp: false }
    this.#runs.set(uid, run)
    return run
  }

  forget(uid: string): void {
    this.#runs.delete(uid)
  }

  /** Forgets those that a pass did not see any more: they lie before what is looked at. */
  keepOnly(seen: ReadonlySet<string>): void {
    for (const uid of this.#runs.keys()) if (!seen.has(uid)) this.#runs.delete(uid)
  }
}
