import { type Readiness, type ReadinessState, Run } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { expect } from 'vitest'

/** A run that has stopped, with such metadata. */
export function runWith(metadata: Record<string, unknown> = {}): Run {
  const { uid, messages } = makeRunDocuments({ metadata })
  const run = new Run(uid)
  for (const message of messages) run.add(message)
  return run
}

/** Looks once. */
export function look(
  readiness: Readiness,
  run: Run,
  signal = new AbortController().signal,
): Promise<ReadinessState> {
  return readiness.check(run, signal)
}

/** What a look says that found something missing. */
export function missing(message: string | RegExp): ReadinessState {
  return { ready: false, message: expect.stringMatching(message) as string }
}

/** What a look says where waiting is of no use. */
export function hopeless(message: string | RegExp): ReadinessState {
  return { ready: false, message: expect.stringMatching(message) as string, never: true }
}
