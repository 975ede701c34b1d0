/** What the contract suites need of a matcher; vitest's and jest's `expect` give it. */
export interface Expectation {
  toBe(expected: unknown): unknown
  toEqual(expected: unknown): unknown
}

/**
 * The test framework, as it is handed to a contract suite: `import { describe, expect, it } from 'vitest'`,
 * or jest's. Nothing of core depends on either.
 */
export interface TestFunctions {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void> | void) => unknown
  readonly expect: (actual: unknown) => Expectation
}
