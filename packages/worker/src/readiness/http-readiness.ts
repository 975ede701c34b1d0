import { BlueskyError, type Readiness } from '@prompt-papermill/core'

import { RunText } from './run-text.js'

/** Which probe a {@link httpReadiness} asks. */
export interface HttpReadinessOptions {
  /** A URL, with references to the run behind its host. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds for one request. */
  readonly timeout: number
}

/** Scheme, host and port, and what ends them. */
const origin = /^https?:\/\/[^/?#]+[/?#]/u

/**
 * Waits until a URL answers 2xx. Values of the run are encoded, so that each stays one part of the path or query;
 * the host is the config's alone.
 *
 * @throws BlueskyError `bad-option` for a URL that can't be used.
 */
export function httpReadiness({ url, headers, timeout }: HttpReadinessOptions): Readiness {
  const text = new RunText(url)
  const beginning = text.hasReferences ? text.beginning : `${text.beginning}/`
  if (!origin.test(beginning) || !URL.canParse(text.beginning)) {
    throw new BlueskyError(
      'bad-option',
      `"${url}" must be an http:// or https:// URL whose host is written out; values of the run may follow it`,
    )
  }
  return {
    name: `probe ${withoutSecrets(text.beginning)}`,
    async check(run, signal) {
      const filled = text.fill(run, (value) =>
        // these two would be taken for steps in the path, encoded or not
        value === '.' || value === '..' ? null : encodeURIComponent(value),
      )
      if (!filled.ok) return { ready: false, message: filled.message, never: true }
      const limit = AbortSignal.timeout(timeout)
      try {
        const response = await fetch(filled.text, {
          headers,
          signal: AbortSignal.any([signal, limit]),
        })
        await response.body?.cancel()
        if (response.ok) return { ready: true }
        return { ready: false, message: `it answers ${response.status}` }
      } catch (error) {
        if (limit.aborted) return { ready: false, message: `no answer within ${timeout / 1000} s` }
        return { ready: false, message: `it can't be reached: ${reasonOf(error)}` }
      }
    },
  }
}

/** The URL without user, password and query. */
function withoutSecrets(url: string): string {
  const { origin: place, pathname } = new URL(url)
  return `${place}${pathname}`
}

/** fetch says only that it failed; what it failed of is beneath. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message
}
