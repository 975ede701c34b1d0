/** What a generated validator says of one thing that is wrong: ajv's `ErrorObject` without its text. */
export interface ValidatorError {
  /** Where in the document, as a JSON pointer. */
  readonly instancePath: string
  /** Where in the schema. */
  readonly schemaPath: string
  /** What of the schema is not met, such as `type`. */
  readonly keyword: string
  /** What that would have taken. */
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * How many errors are listed. Each takes far more memory than the few bytes of a document that can
 * cause it, and nobody reads the thousandth.
 */
const maxErrors = 1000

/**
 * How many characters their paths may have together, about: a key of a megabyte may stand in the path of every
 * error.
 */
const maxPathCharacters = 1024 * 1024

/** Ends a validator that has found {@link maxErrors} errors, or fewer with very long paths. */
export class TooManyErrors extends Error {
  readonly errors: readonly ValidatorError[]

  constructor(errors: readonly ValidatorError[]) {
    super(`more than ${maxErrors} errors, or fewer with very long paths`)
    this.errors = errors
  }
}

/** Adds one error to a validator's list, which is null while there are none. */
export function withError(list: ValidatorError[] | null, error: ValidatorError): ValidatorError[] {
  if (list === null) return [error]
  const characters = list.length * error.instancePath.length
  if (list.length >= maxErrors || characters > maxPathCharacters) throw new TooManyErrors(list)
  list.push(error)
  return list
}

/** Adds what a validator of a part has found. In place: a copy for each part would be quadratic. */
export function withErrors(
  list: ValidatorError[] | null,
  errors: readonly ValidatorError[],
): ValidatorError[] {
  if (list === null) return [...errors]
  for (const error of errors) withError(list, error)
  return list
}
