import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'

import {
  type ActionResult,
  afterAttempt,
  isEndState,
  type JobState,
  type JobStatus,
  type Manifest,
  manifestName,
  resultsPath,
  type RetryOptions,
} from '@prompt-papermill/core'

import type { WorkerLogger } from '../log/logger.js'
import type { AttemptRow } from './rows.js'
import type { Ledger } from './ledger.js'

/** Where attempts leave their results, and what follows when one fails. */
export interface RecoveryOptions {
  readonly root: string
  readonly pattern: string
  readonly retry: RetryOptions
}

/**
 * The jobs to go on with after a restart, in the order in which they came. One that was running may have ended
 * before the ledger had that: if its attempt's manifest is there, it counts, and the job is not run again.
 *
 * @returns those that have not ended. A job that was running still says so: its queue knows what that means.
 * @throws Error if the results of those that were running can't be told, since their disk seems to be away.
 */
export async function recoverJobs(
  ledger: Ledger,
  results: RecoveryOptions,
  logger: WorkerLogger,
): Promise<readonly JobStatus[]> {
  const unfinished: JobStatus[] = []
  const jobs = await ledger.unfinishedJobs()
  await checkResultsAreThere(jobs, ledger, results)
  for (const status of jobs) {
    const end = status.state.state === 'running' ? await endOf(status, ledger, results) : null
    if (!end) {
      unfinished.push(status)
      continue
    }
    const now = await note(status, end, ledger, results.retry)
    if (!isEndState(now.state)) unfinished.push(now)
    const fields = { job: status.job.id, attempt: end.attempt, state: end.result.state }
    logger.info(fields, 'this attempt had ended just before the worker did, and counts')
  }
  return unfinished
}

/** Without their disk, what had ended would be run again, into the place where the disk is to be mounted. */
async function checkResultsAreThere(
  jobs: readonly JobStatus[],
  ledger: Ledger,
  { root }: RecoveryOptions,
): Promise<void> {
  if ((await readdir(root).catch(() => [])).length > 0) return
  for (const { job, state } of jobs) {
    if (state.state !== 'running') continue
    const [last] = (await ledger.attempts(job.id)).slice(-1)
    if (!last?.results_dir || !inside(root, last.results_dir)) continue
    throw new Error(
      `the results folder ${root} is empty, though ${last.results_dir} was being written when the worker ended; is its disk mounted? If it was emptied on purpose, put any file into it`,
    )
  }
}

function inside(root: string, folder: string): boolean {
  return folder.startsWith(`${root}${sep}`)
}

/** How an attempt ended of which the ledger says that it runs. */
interface AttemptEnd {
  readonly result: ActionResult
  readonly attempt: number
  readonly resultsDir: string | null
  readonly startedAt: string
  readonly finishedAt: string
}

async function endOf(
  status: JobStatus,
  ledger: Ledger,
  results: RecoveryOptions,
): Promise<AttemptEnd | null> {
  const attempts = await ledger.attempts(status.job.id)
  const noted = attempts.find(({ attempt, state }) => attempt >= status.attempt && isEnd(state))
  if (noted) return endInLedger(noted)
  for (const folder of await foldersOf(status, attempts, results)) {
    const end = await endInFolder(folder, status)
    if (end) return end
  }
  return null
}

/** An attempt that was interrupted is one that its queue knows about. */
function isFinal(result: ActionResult): boolean {
  return !(result.state === 'failed' && result.reason === 'interrupted')
}

function endInLedger(row: AttemptRow): AttemptEnd | null {
  const { attempt, results_dir: resultsDir, started_at: startedAt, finished_at: at } = row
  const result = resultOf(row)
  if (!result || !isFinal(result)) return null
  return { result, attempt, resultsDir, startedAt, finishedAt: at ?? startedAt }
}

/** How an attempt ended, as its manifest says; null if that is not there, or it was broken off. */
export async function endInFolder(
  folder: string,
  { job }: Pick<JobStatus, 'job'>,
): Promise<AttemptEnd | null> {
  let manifest: Manifest
  try {
    manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Manifest
  } catch {
    // none: the attempt was broken off
    return null
  }
  if (manifest.job !== job.id) return null
  const result = resultOf(manifest)
  if (!result || !isFinal(result)) return null
  const { attempt, started_at: startedAt, finished_at: finishedAt } = manifest
  return { result, attempt, resultsDir: folder, startedAt, finishedAt }
}

/** Where the attempt that was running may have left its manifest, the latest first. */
async function foldersOf(
  { job, attempt }: JobStatus,
  attempts: readonly AttemptRow[],
  { root, pattern }: RecoveryOptions,
): Promise<readonly string[]> {
  const noted = attempts
    .filter((row) => row.attempt >= attempt && row.results_dir !== null)
    .map((row) => row.results_dir as string)
  const jobFolders = new Set([resultsPath(root, pattern, job), ...noted.map(dirname)])
  const folders = await Promise.all(
    [...jobFolders].map(async (folder) => {
      const names = await readdir(folder).catch(() => [])
      const numbers = names.map((name) => Number(/^attempt-(?<n>\d+)$/u.exec(name)?.groups?.n))
      return numbers
        .filter((number) => number >= attempt)
        .sort((a, b) => b - a)
        .map((number) => join(folder, `attempt-${number}`))
    }),
  )
  return folders.flat()
}

function isEnd(state: string): boolean {
  return isEndState({ state } as JobState)
}

/** The result that a manifest or a row of the ledger tells of; null if it tells of none. */
function resultOf({
  state,
  reason,
  message,
  evidence,
}: Pick<AttemptRow, 'state' | 'reason' | 'message' | 'evidence'>): ActionResult | null {
  if (!isEnd(state)) return null
  return {
    state,
    ...(reason === null ? {} : { reason }),
    ...(message === null ? {} : { message }),
    ...(evidence === null ? {} : { evidence }),
  } as ActionResult
}

/** Notes the end of the attempt, and what follows from it for its job. */
async function note(
  status: JobStatus,
  end: AttemptEnd,
  ledger: Ledger,
  retry: RetryOptions,
): Promise<JobStatus> {
  const { result, ...times } = end
  await ledger.attempt({
    job: status.job.id,
    ...times,
    state: result.state,
    reason: 'reason' in result ? result.reason : null,
    message: result.message ?? null,
    evidence: ('evidence' in result ? result.evidence : null) ?? null,
  })
  const next = afterAttempt({ ...status, ...times }, result, false, { retry, maxInterruptions: 0 })
  const state: JobState =
    'end' in next ? next.end : { state: 'queued', message: next.again.message }
  const now = { ...status, ...times, state }
  await ledger.status(now)
  return now
}
