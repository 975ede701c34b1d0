import type { FailureEvidence } from '@prompt-papermill/core'

import type { ProcessEnd } from '../process/notebook-process.js'
import type { LastEvent } from '../process/runner-event.js'
import type { Told } from './conversation.js'
import type { Ending } from './ending.js'
import type { NotebookOutcome } from './result.js'
import { notStarted } from './result.js'

/** How the notebook ended, by all that is known of it. */
export function decide(told: Told, python: string): NotebookOutcome {
  if (told.last) return fromLastEvent(told.last)
  if (told.ending) return fromEnding(told.ending)
  const end = told.end ?? { exitCode: null, signal: null }
  if (end.error) return notStarted(cannotStart(python, end.error))
  if (told.late) {
    return notStarted(`${python} took too long to import papermill; see startTimeout, and the log`)
  }
  if (!told.started) return notStarted(`${python} ${endWords(end)} before the notebook started`)
  return {
    state: 'failed',
    reason: 'kernel-died',
    message: `the Python program that ran the notebook ${endWords(end)}`,
    evidence: endEvidence(end),
  }
}

function fromLastEvent(last: LastEvent): NotebookOutcome {
  if (last.event === 'failed') {
    const { reason, message, evidence } = last
    return { state: 'failed', reason, message, ...(evidence && { evidence }) }
  }
  return last.message === null
    ? { state: 'succeeded' }
    : { state: last.state, message: last.message }
}

/** Where the program was killed before it could say how the notebook ended. */
export function fromEnding({ why, message, limit }: Ending): NotebookOutcome {
  if (why === 'cancelled') return { state: 'cancelled', message }
  return { state: 'failed', reason: why, message, ...(limit && { evidence: { limit } }) }
}

/** Why a Python can't be started, and what to do. */
export function cannotStart(python: string, error: NodeJS.ErrnoException): string {
  const what = error.code === 'ENOENT' ? 'there is no such program' : error.message
  return `${python} can't be started: ${what}. Set \`python\` to the Python that has papermill`
}

function endWords({ exitCode, signal }: ProcessEnd): string {
  return signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`
}

function endEvidence({ exitCode, signal }: ProcessEnd): FailureEvidence {
  return { ...(signal !== null && { signal }), ...(exitCode !== null && { exitCode }) }
}
