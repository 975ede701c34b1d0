import { BlueskyError } from '../errors/bluesky-error.js'
import type { DecodeFailure } from './decoder.js'

/** The error of a decoder, with what and where. */
export function failure(code: DecodeFailure, message: string, cause?: unknown): BlueskyError {
  return new BlueskyError(code, message, cause === undefined ? undefined : { cause })
}

/**
 * What a decoder throws for whatever went wrong: its own errors as they are, and those of the machine's
 * own limits (length of a string or an array, depth of the stack) as `too-large`.
 */
export function asFailure(error: unknown, decoder: string): BlueskyError {
  if (error instanceof BlueskyError) return error
  const code = error instanceof RangeError ? 'too-large' : 'bad-payload'
  return failure(
    code,
    `${decoder}: ${error instanceof Error ? error.message : String(error)}`,
    error,
  )
}
