import { dirname, resolve } from 'node:path'

import { LogFile } from '../process/log-file.js'
import type { Told } from './conversation.js'
import { decide, fromEnding } from './decide.js'
import { endingOf } from './ending.js'
import { problemOfExport, withMessage } from './export.js'
import { parametersJson } from './job-line.js'
import { mend, removePartial } from './mend.js'
import type { ExecuteOptions } from './options.js'
import { withDefaults } from './options.js'
import type { NotebookDetails, NotebookOutcome, NotebookResult } from './result.js'
import { NotStarted, notStarted } from './result.js'
import { Redactor } from './redactor.js'
import type { Filled } from './run-job.js'
import { runJob } from './run-job.js'
import { Said } from './said.js'
import { readTemplate } from './template.js'

/**
 * Executes one notebook with papermill in a Python process of its own, and says truly how it ended.
 *
 * @param input - Path of the template. It is read once; what ran is what `template_sha256` says.
 * @param output - Path for the executed notebook, in a folder that exists. It is saved while the
 *   notebook runs and at its end, each time by rename.
 * @param parameters - Values by name: what JSON can say, NaN, bigints of any size, and what a
 *   document's values become (arrays as lists, datetimes as isoformat strings).
 * @returns How it ended. A notebook that fails is a result, not an exception, and so is a template,
 *   kernel or Python that is missing (`failed`, `not-started`).
 * @throws BlueskyError `bad-option` for an option outside what is allowed.
 *
 * @example
 * ```ts
 * import { executeNotebook } from '@prompt-papermill/papermill-runner'
 *
 * const result = await executeNotebook('template.ipynb', 'executed.ipynb', { bins: 500 })
 * console.log(result.state, result.details.cells) // succeeded { total: 2, executed: 2 }
 * ```
 */
export async function executeNotebook(
  input: string,
  output: string,
  parameters: Readonly<Record<string, unknown>>,
  options: ExecuteOptions = {},
): Promise<NotebookResult> {
  const place = { input: resolve(input), output: resolve(output) }
  const filled = { ...options, ...withDefaults(options), cwd: options.cwd ?? dirname(place.output) }
  const details = { template: place.input, parameters }
  if (options.signal?.aborted) {
    return { ...fromEnding(endingOf(options.signal.reason)), details }
  }
  let log: LogFile | undefined
  try {
    log = await openLog(options.log, filled.limits.log)
    const result = await readAndRun(place, parameters, filled, log)
    await log?.write(lastLine(result))
    return { ...result, details: { ...details, ...result.details } }
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error
    await log?.write(`${error.message}\n`)
    return { ...notStarted(error.message), details }
  } finally {
    await log?.close()
    if (log?.error) filled.logger?.warn({ error: log.error }, 'the log could not be written whole')
  }
}

type Place = { readonly input: string; readonly output: string }
type Found = NotebookOutcome & { readonly details: Partial<NotebookDetails> }

async function readAndRun(
  place: Place,
  parameters: Readonly<Record<string, unknown>>,
  options: Filled,
  log: LogFile | undefined,
): Promise<Found> {
  const template = await readTemplate(place.input)
  const job = { ...options, template, output: place.output, parameters: parametersJson(parameters) }
  const redactor = new Redactor(options.secrets)
  const said = new Said(log, redactor)
  const told = await runJob(job, options, said)
  const outcome = redactor.outcome(decide(told, { ...options, said }))
  const shown = await showInNotebook(outcome, told, place.output, options)
  const problem = await problemOfExport(told, place.output, options)
  if (problem !== null) options.logger?.warn({}, redactor.text(problem))
  const details = { template_sha256: template.sha256, ...detailsOf(told, options) }
  return { ...redactor.outcome(withMessage(shown, problem)), details }
}

/** Where papermill could not say in the notebook how it ended, this does. */
async function showInNotebook(
  outcome: NotebookOutcome,
  told: Told,
  output: string,
  { python, logger }: Filled,
): Promise<NotebookOutcome> {
  if (told.last) return outcome
  try {
    await removePartial(output)
    const cell = told.started && (await mend(output, outcome, python))
    if (cell === undefined || outcome.state !== 'failed') return outcome
    return { ...outcome, evidence: { ...outcome.evidence, cell } }
  } catch (error) {
    logger?.warn({ output, error }, 'could not mark the executed notebook as failed')
    return outcome
  }
}

async function openLog(path: string | undefined, limit: number): Promise<LogFile | undefined> {
  if (path === undefined) return undefined
  return LogFile.create(path, limit).catch((error: unknown) => {
    const { message } = error as Error
    throw new NotStarted(`the log ${path} can't be written: ${message}`, { cause: error })
  })
}

function detailsOf(
  { alive, ready, started, cellSeconds, outputCut }: Told,
  { launcher }: Filled,
): Partial<NotebookDetails> {
  const cells = started && { total: started.cells, executed: cellSeconds.length }
  return {
    ...(started && cells && { kernel: started.kernel, cells, cell_seconds: cellSeconds }),
    ...(ready && { python: ready.python, packages: ready.packages }),
    ...(launcher.length > 0 && { launched: { by: launcher, ...(alive && { host: alive.host }) } }),
    ...(outputCut !== undefined && { output_cut: outputCut }),
  }
}

function lastLine(outcome: NotebookOutcome): string {
  const state = outcome.state === 'failed' ? `failed (${outcome.reason})` : outcome.state
  return `${state}${outcome.message ? `: ${outcome.message}` : ''}\n`
}
