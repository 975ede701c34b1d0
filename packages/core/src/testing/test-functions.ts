/** What the contract suites need of a matcher; vitest's and jest's `expect` give it. */
export interface Expectation {
  /** Fails the test unless both are the same value, as `Object.is` tells. */
  toBe(expected: unknown): unknown
  /** Fails the test unless both hold the same, all the way down. */
  toEqual(expected: unknown): unknown
}

/**
 * The test framework, as it is handed to a contract suite: `import { describe, expect, it } from 'vitest'`,
 * or jest's. Nothing of core depends on either.
 */
export interface TestFunctions {
  /** Groups tests under a name. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Makes a test; its promise is awaited. */
  readonly it: (name: string, body: () => Promise<void> | void) => unknown
  /** Begins a check of a value. */
  readonly expect: (actual: unknown) => Expectation
}
