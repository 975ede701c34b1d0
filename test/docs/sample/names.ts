/** What `test/docs/public-names.test.ts` is tried on: each of these lacks what its name says, or nothing. */

/** An error of one's own. */
export class OwnError extends Error {
  /** What happened. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export const lacksSummary = 1

/** Has all that a type needs. */
export interface Complete {
  /** The first. */
  readonly first: number
}

/** One of its members says nothing. */
export interface LacksMember {
  /** The first. */
  readonly first: number
  readonly second: number
}

/** It throws, and says so. */
export class Thrower extends Map<string, number> {
  readonly #limit = 1

  /**
   * Says it.
   *
   * @throws OwnError if there are too many.
   */
  told(): void {
    this.#check()
  }

  /** Says nothing, and calls what throws. */
  untold(): void {
    this.#check()
  }

  /** Catches it. */
  caught(): void {
    try {
      this.#check()
    } catch {
      this.clear()
    }
  }

  /** Calls it later. */
  later(): () => void {
    return () => this.#check()
  }

  /** Calls it at once. */
  atOnce(): void {
    ;[1].forEach(() => this.#check())
  }

  #check(): void {
    if (this.size > this.#limit) throw new OwnError('too-many', 'there are too many')
  }
}

/**
 * Its example is of something else.
 *
 * @example
 * ```ts
 * console.log('lacksExample')
 * ```
 */
export function lacksExample(): void {
  // does nothing
}

/** Has no example. */
export function verify_filled(): Promise<void> {
  return Promise.reject(new OwnError('unfilled', 'not filled'))
}

/** Mirrors `event_model.no_such_thing`. */
export type Mirrors = string
