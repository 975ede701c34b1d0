/**
 * What went wrong, in one word for programs.
 *
 * - `bad-address`: an address that 0MQ can't use;
 * - `bad-option`: an option outside what is allowed;
 * - `bad-query`: a rule's `when` that can't be used (unknown or refused operator);
 * - `bad-document`: a document that can't be used where it was given;
 * - `missing-document`: a document was asked for that has not come;
 * - `unfilled`: data was asked for that is still in external files;
 * - `bad-payload`, `too-large`, `too-deep`, `cyclic`: bytes that can't be decoded;
 * - `bad-file`: a recording that can't be read;
 * - `duplicate-name`: two rules, or two entries of one rule, of the same name;
 * - `not-representable`: a value that has no form in the JSON asked for;
 * - `connection`: the transport failed;
 * - `closed`: used after it was stopped;
 * - `full`: a queue has no room for it;
 * - `missing-library`: an optional package is wanted that is not installed.
 */
export type BlueskyErrorCode =
  | 'bad-address'
  | 'bad-option'
  | 'bad-query'
  | 'bad-document'
  | 'missing-document'
  | 'unfilled'
  | 'bad-payload'
  | 'too-large'
  | 'too-deep'
  | 'cyclic'
  | 'bad-file'
  | 'duplicate-name'
  | 'not-representable'
  | 'connection'
  | 'closed'
  | 'full'
  | 'missing-library'

const brand = Symbol.for('@prompt-papermill/core/BlueskyError')

/**
 * The one family of errors that core throws. Mirrors the role of event_model's `EventModelError`.
 *
 * `code` tells programs what happened, `message` tells people what to do about it, `cause` holds the
 * error underneath where there is one.
 *
 * @example
 * ```ts
 * import { BlueskyError } from '@prompt-papermill/core'
 *
 * const error = new BlueskyError('bad-option', 'backlog must be at least 1; it is 0')
 * console.log(error.code, error.message) // bad-option backlog must be at least 1; it is 0
 * ```
 */
export class BlueskyError extends Error {
  override readonly name: string = 'BlueskyError'
  /** What happened, for programs; each code is explained at {@link BlueskyErrorCode}. */
  readonly code: BlueskyErrorCode

  constructor(code: BlueskyErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether `error` is of this family, also when another copy of the package made it. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return typeof error === 'object' && error !== null && brand in error
  }
}
