import type { JobStatus } from '@prompt-papermill/core'

import type { LedgerReader, RunEntry } from '../ledger/ledger.js'
import { OperationError } from '../operation-error.js'

/** How many others are named where nothing, or too much, was found. */
const mostNamed = 5

/** A job or a run that was asked for. */
export type Target = { readonly job: JobStatus } | { readonly run: RunEntry }

/**
 * The job of an id, or of as much of its beginning as is unique.
 *
 * @throws OperationError `not-found` with the ids that come nearest, or `conflict` with those that it could be.
 */
export async function findJob(ledger: LedgerReader, id: string): Promise<JobStatus> {
  const known = await ledger.job(id)
  if (known) return known
  const { rows } = await ledger.jobs({ id, limit: mostNamed + 1 })
  const [first, second] = rows
  if (first && !second) return (await ledger.job(first.id)) as JobStatus
  if (first) throw ambiguous(id, rows)
  throw await nothingFound(ledger, id, 'job')
}

/**
 * The job or the run of an id or uid, or of as much of its beginning as is unique. What is the beginning of a
 * run's uid and of its jobs' ids is the run.
 *
 * @throws OperationError as {@link findJob}.
 */
export async function findTarget(ledger: LedgerReader, text: string): Promise<Target> {
  const [job, run] = await Promise.all([ledger.job(text), ledger.run(text)])
  if (job) return { job }
  if (run) return { run }
  const [jobs, runs] = await Promise.all([
    ledger.jobs({ id: text, limit: mostNamed + 1 }),
    ledger.runs({ uid: text, limit: mostNamed + 1 }),
  ])
  const [oneJob, oneRun] = [only(jobs.rows), only(runs.rows)]
  if (oneRun && jobs.rows.every(({ uid }) => uid === oneRun.uid)) {
    return { run: (await ledger.run(oneRun.uid)) as RunEntry }
  }
  if (oneJob && runs.rows.length === 0) return { job: (await ledger.job(oneJob.id)) as JobStatus }
  const found = [...runs.rows.map(({ uid }) => ({ id: uid })), ...jobs.rows]
  if (found.length > 0) throw ambiguous(text, found)
  throw await nothingFound(ledger, text, 'job or run')
}

/**
 * The run of a uid, or of as much of its beginning as is unique.
 *
 * @returns undefined if there is none.
 * @throws OperationError `conflict` with those that it could be.
 */
export async function findRun(ledger: LedgerReader, uid: string): Promise<RunEntry | undefined> {
  const known = await ledger.run(uid)
  if (known || uid === '') return known
  const { rows } = await ledger.runs({ uid, limit: mostNamed + 1 })
  if (rows.length > 1)
    throw ambiguous(
      uid,
      rows.map((row) => ({ id: row.uid })),
    )
  const one = only(rows)
  return one && ledger.run(one.uid)
}

function only<T>(rows: readonly T[]): T | undefined {
  return rows.length === 1 ? rows[0] : undefined
}

function ambiguous(text: string, rows: readonly { readonly id: string }[]): OperationError {
  const shown = rows.slice(0, mostNamed).map(({ id }) => id)
  const more = rows.length > mostNamed ? ' and others' : ''
  return new OperationError(
    'conflict',
    `"${text}" could be ${shown.join(', ')}${more}; give more of it`,
  )
}

/** Names what begins in the same way, as far as anything does. */
async function nothingFound(
  ledger: LedgerReader,
  text: string,
  what: string,
): Promise<OperationError> {
  // no id is longer than that
  for (let length = Math.min(21, text.length - 1); length > 0; length -= 1) {
    const { rows } = await ledger.jobs({ id: text.slice(0, length), limit: mostNamed })
    if (rows.length === 0) continue
    const ids = rows.map(({ id }) => id).join(', ')
    return new OperationError('not-found', `there is no ${what} "${text}"; nearest are ${ids}`)
  }
  return new OperationError(
    'not-found',
    `there is no ${what} "${text}"; \`prompt-papermill jobs\` lists those that there are`,
  )
}
