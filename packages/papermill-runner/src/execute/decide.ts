import type { FailureEvidence } from '@prompt-papermill/core'

import type { ProcessEnd } from '../process/running-program.js'
import type { LastEvent } from '../process/runner-event.js'
import { endedByBatchSystem } from './batch-system.js'
import type { Told } from './conversation.js'
import type { Ending } from './ending.js'
import type { NotebookOutcome } from './result.js'
import { notStarted } from './result.js'
import type { Said } from './said.js'

/** What ran the notebook, and what was said meanwhile. */
export interface Ran {
  readonly python: string
  /** Empty without one. */
  readonly launcher: readonly string[]
  readonly said: Said
}

/** How the notebook ended, by all that is known of it. */
export function decide(told: Told, ran: Ran): NotebookOutcome {
  const { last } = told
  if (last && !(ran.launcher.length > 0 && wasSignalled(last))) return fromLastEvent(last)
  if (told.ending) return last ? fromLastEvent(last) : fromEnding(told.ending)
  // before what the launcher says of that: it was told to end
  if (told.late) return notStarted(tooLate(told.late, ran))
  const byBatchSystem = ran.launcher.length > 0 ? endedByBatchSystem(ran.said.end) : undefined
  if (byBatchSystem) return byBatchSystem
  return last ? fromLastEvent(last) : withoutLastWord(told, ran)
}

/** A batch system sends signals to the program and to its kernel, and says itself why. */
function wasSignalled({ event, ...last }: LastEvent): boolean {
  if (event !== 'failed' || !('evidence' in last)) return false
  return last.evidence.signal !== undefined
}

function withoutLastWord(told: Told, ran: Ran): NotebookOutcome {
  const end = told.end ?? { exitCode: null, signal: null }
  if (end.error) return notStarted(cannotStart(ran, end.error))
  if (!told.started) return notStarted(endedEarly(told, ran, end))
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

/** Why a Python, or what launches it, can't be started, and what to do. */
export function cannotStart(
  { python, launcher }: Pick<Ran, 'python' | 'launcher'>,
  error: NodeJS.ErrnoException,
): string {
  const what = error.code === 'ENOENT' ? 'there is no such program' : error.message
  const [launching] = launcher
  return launching === undefined
    ? `${python} can't be started: ${what}. Set \`python\` to the Python that has papermill`
    : `${launching} can't be started: ${what}. Install it, or change \`launcher\``
}

/** What a launcher has to do for the program behind it, where it seems not to. */
const HANDS_ON =
  'A launcher has to hand on stdin and stdout as they come ' +
  '(`conda run` does with --no-capture-output, `docker run` with -i)'

function tooLate(late: 'alive' | 'ready', { python, launcher, said }: Ran): string {
  if (late === 'ready') {
    return `${python} took too long to import papermill; see startTimeout, and the log`
  }
  return (
    `${launcher.join(' ')} did not start ${python} within limits.launch${quoted(said)}. ` +
    `Wait for longer, or ask for less. ${HANDS_ON}`
  )
}

function endedEarly({ alive }: Told, { python, launcher, said }: Ran, end: ProcessEnd): string {
  const program = launcher.length > 0 && !alive ? launcher.join(' ') : python
  const words = `${program} ${endWords(end)} before the notebook started${quoted(said)}`
  // it found its input closed, or what it said was kept back
  return launcher.length > 0 && end.exitCode === 0 ? `${words}. ${HANDS_ON}` : words
}

function quoted({ lastWords }: Said): string {
  return lastWords === '' ? '' : `: ${lastWords}`
}

function endWords({ exitCode, signal }: ProcessEnd): string {
  if (signal !== null) return `was ended by ${signal}`
  // a forked process whose parent, which would have seen it, has ended before
  return exitCode === null ? 'ended, and nobody saw how' : `exited with code ${exitCode}`
}

function endEvidence({ exitCode, signal }: ProcessEnd): FailureEvidence {
  return { ...(signal !== null && { signal }), ...(exitCode !== null && { exitCode }) }
}
