import * as generated from '../generated/validators.js'
import type { DocumentName } from '../messages.js'
import { TooManyErrors, type ValidatorError } from './collect-errors.js'
import { type DocumentIssue, toIssues } from './issues.js'

export type { DocumentIssue } from './issues.js'
export { missingRoutingField } from './missing-routing-field.js'

/** What {@link validateDocument} found. */
export type ValidationResult =
  { readonly valid: true } | { readonly valid: false; readonly issues: readonly DocumentIssue[] }

interface Validator {
  (doc: unknown): boolean
  errors?: readonly ValidatorError[] | null
}

const validators: Readonly<Record<DocumentName, Validator>> = generated

const valid: ValidationResult = { valid: true }

/**
 * Checks a document against event-model's JSON schema for it, as
 * `event_model.schema_validators[name].validate(doc)` does in Python.
 *
 * Decoded values count as what Python had: an `NDArray` is an array, a bigint an integer, NaN a number.
 * Takes no more than some microseconds for a document that is valid, and runs no code made at run time,
 * so that it works in a page with a strict Content Security Policy.
 *
 * @param name - which kind of document it should be
 * @param doc - a decoded document; anything at all may be passed
 * @returns `{ valid: true }`, or all issues, each with its path (the first 1000 of them)
 *
 * @example
 * ```ts
 * import { validateDocument } from '@prompt-papermill/core'
 *
 * const result = validateDocument('stop', { uid: '1d2e3f40', run_start: '5d8beb4d', time: 'noon' })
 * if (!result.valid) {
 *   for (const { path, message } of result.issues) console.log(path, message)
 *   // $.exit_status is missing
 *   // $.time must be number
 * }
 * ```
 */
export function validateDocument(name: DocumentName, doc: unknown): ValidationResult {
  const errors = errorsOf(validators[name], doc)
  return errors.length === 0 ? valid : { valid: false, issues: toIssues(doc, errors) }
}

function errorsOf(validator: Validator, doc: unknown): readonly ValidatorError[] {
  try {
    return validator(doc) ? [] : (validator.errors ?? [])
  } catch (error) {
    if (error instanceof TooManyErrors) return error.errors
    throw error
  } finally {
    // the validator would keep what the last invalid document said
    validator.errors = null
  }
}
