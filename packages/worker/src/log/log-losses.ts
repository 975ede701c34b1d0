import type { AbandonReason, Miscount, Run, RunRouter } from '@prompt-papermill/core'

import { about, titleOf } from './about-run.js'
import type { WorkerLogger } from './logger.js'
import { Throttle } from './throttle.js'

const givenUp: Readonly<Record<AbandonReason, string>> = {
  'too-many': 'too many runs are open, and of this one nothing had come for the longest time',
  'too-old': 'nothing has come of it for too long',
  replaced: 'it comes anew, whole',
}

/** How many streams a line names; a document can name any number. */
const shownStreams = 5

/** How often a line of one kind is said again, in milliseconds. */
const interval = 10_000

/** Says in the log what was lost of runs, as docs/reference/loss.md has it. */
export function logLosses({ events }: RunRouter, logger: WorkerLogger): void {
  const throttle = new Throttle(interval)
  const seldom = (kind: string, fields: object, message: string): void => {
    throttle.pass(kind, (held) =>
      logger.warn({ ...fields, ...(held > 0 ? { more: held } : {}) }, message),
    )
  }
  events.on('joined', (run) =>
    logger.warn(about(run), 'a run was joined in the middle: its Run Start did not come'),
  )
  events.on('gap', (run, gap) =>
    seldom('gap', { ...about(run), ...gap }, `events of ${titleOf(run)} did not come`),
  )
  events.on('interrupted', (run) =>
    seldom('interrupted', about(run), `the connection was lost while ${titleOf(run)} was open`),
  )
  events.on('miscounted', (run, miscounts) =>
    logger.warn(
      { ...about(run), streams: miscounts.length },
      `${titleOf(run)} is not complete: ${miscounts.slice(0, shownStreams).map(countOf).join('; ')}`,
    ),
  )
  events.on('stop-without-start', (run) =>
    logger.warn({ ...about(run), exit_status: run.stop?.exit_status }, unstartedMessage(run)),
  )
  events.on('duplicate', ({ name }, run) =>
    logger.warn(about(run), `the ${name} document of this run came again and is left out`),
  )
  events.on('unattributed', ({ name }) =>
    seldom(
      `unattributed ${name}`,
      { name },
      'a document came whose run is not known: the worker joined in the middle, or something was lost',
    ),
  )
  events.on('abandoned', (run, why) =>
    logger.warn(
      { ...about(run), reason: why, last_seen_at: run.lastSeenAt.toISOString() },
      `${titleOf(run)} was given up: ${givenUp[why]}`,
    ),
  )
}

function unstartedMessage({ abandoned }: Run): string {
  const what = abandoned
    ? `a run stopped that was given up before (${abandoned})`
    : 'a run stopped whose Run Start did not come'
  return `${what}; unless the ledger has its Run Start no rule can be asked: replay a recording of it then`
}

function countOf({ stream, expected, received }: Miscount): string {
  return `${stream} has ${received} of ${expected ?? 'an unknown number of'} events`
}
