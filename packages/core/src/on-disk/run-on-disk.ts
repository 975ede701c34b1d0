import { mkdir } from 'node:fs/promises'

import type { ActionResult, Logger } from '../actions/action.js'
import type { AttemptOutcome } from '../jobs/job-queue.js'
import { type ActionRunner, callAction, silentLogger, type Work } from '../router/run-action.js'
import { listArtifacts } from './artifacts.js'
import { type FolderAccess, openAttemptFolder } from './attempt-folder.js'
import { makeManifest, writeManifest } from './manifest.js'
import { checkPattern, defaultPattern, resultsPath } from './results-path.js'
import { ResultsRoot } from './results-root.js'

/** Where attempts leave their results. */
export interface ResultsOptions {
  /**
   * The folder that holds all results.
   *
   * @defaultValue `'results'`, below the working directory
   */
  root?: string
  /**
   * Each run's folder below it: any Run Start field in braces, and `{date}`, `{uid8}`, `{rule}`, `{entry}`.
   *
   * @defaultValue `'{plan_name}/{date}/{scan_id}_{uid8}'`
   */
  pattern?: string
  /** Group and permissions of the folders; the process's own if absent. */
  access?: FolderAccess
  /** Where actions log; nowhere if absent. */
  logger?: Logger
}

/** {@link ResultsOptions} with the defaults filled in. */
export type ResultsOptionsWithDefaults = Required<ResultsOptions>

/** The defaults of {@link ResultsOptions}, in one place. */
export function withResultsDefaults(options: ResultsOptions = {}): ResultsOptionsWithDefaults {
  return { root: 'results', pattern: defaultPattern, access: {}, logger: silentLogger, ...options }
}

/**
 * Makes the runner that gives each attempt a folder of its own and leaves a manifest in it: what core's
 * `RunRouter` runs actions with, and what a router of your own may take for `runAction`.
 *
 * @throws BlueskyError `bad-option` for a pattern that can't be used.
 *
 * @example
 * ```ts
 * import { runOnDisk, RunRouter } from '@prompt-papermill/core'
 *
 * const runAction = runOnDisk({
 *   root: '/tmp/results',
 *   pattern: '{data_session}/{scan_id}_{uid8}',
 *   access: { umask: 0o027 },
 * })
 * const router = new RunRouter([], { runAction })
 * await router.settled()
 * ```
 */
export function runOnDisk(options: ResultsOptions = {}): ActionRunner {
  const compiled = withResultsDefaults(options)
  checkPattern(compiled.pattern)
  const root = new ResultsRoot(compiled.root, compiled.access)
  return (work) => runAttempt(work, compiled, root)
}

async function runAttempt(
  work: Work,
  { pattern, access, logger }: ResultsOptionsWithDefaults,
  root: ResultsRoot,
): Promise<AttemptOutcome> {
  const startedAt = new Date().toISOString()
  let place: { folder: string; attempt: number }
  try {
    await root.open()
    place = await openAttemptFolder(
      resultsPath(root.path, pattern, work.job),
      work.request.attempt,
      access,
    )
  } catch (error) {
    const message = `no results folder could be made under ${root.path}: ${(error as Error).message}`
    return { result: { state: 'failed', reason: 'not-started', message }, resultsDir: null }
  }
  const { folder, attempt } = place
  // from now on the job has this number, so that people find its folder by it
  work.request.opened?.({ attempt, resultsDir: folder })
  const request = { ...work.request, attempt }
  const ended = await callAction({ ...work, request }, { resultsDir: folder, logger })
  // nobody who finds the folder is to take for the job's result what is none
  const result = (await request.stillCounts?.()) === false ? superseded(ended) : ended
  return { result: await finish(work, place, startedAt, result, root), resultsDir: folder }
}

/** The result of an attempt that its queue took for lost. */
function superseded({ state }: ActionResult): ActionResult {
  const message = `it does not count: its queue had taken it for lost when it ended (${state}); another attempt took its place`
  return { state: 'failed', reason: 'interrupted', message }
}

/** Lists what was left and writes the manifest; a result that can't be recorded has not succeeded. */
async function finish(
  { job }: Work,
  { folder, attempt }: { folder: string; attempt: number },
  startedAt: string,
  result: ActionResult,
  root: ResultsRoot,
): Promise<ActionResult> {
  const finishedAt = new Date().toISOString()
  const record = async (recorded: ActionResult): Promise<void> => {
    await root.open()
    // a notebook that removed its own folder has left nothing to list, and is told apart by that
    await mkdir(folder, { recursive: true })
    const listed = await listArtifacts(folder)
    const parts = { job, attempt, startedAt, finishedAt, result: recorded, ...listed }
    await writeManifest(folder, makeManifest(parts))
  }
  try {
    await record(result)
    return result
  } catch (error) {
    const unrecorded = `the manifest could not be written to ${folder}: ${(error as Error).message}`
    const failed: ActionResult & { state: 'failed' } =
      result.state === 'failed'
        ? { ...result, message: `${result.message}; ${unrecorded}` }
        : { state: 'failed', reason: 'not-started', message: unrecorded }
    // without what the action says besides, which may be what has no JSON; else the message tells
    await record(withoutExtras(failed)).catch(() => undefined)
    return failed
  }
}

function withoutExtras({
  state,
  reason,
  message,
}: ActionResult & { state: 'failed' }): ActionResult {
  return { state, reason, message }
}
