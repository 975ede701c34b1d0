import { dirname, resolve } from 'node:path'

import { BlueskyError, toPlainJson } from '@prompt-papermill/core'

import { LogFile } from '../process/log-file.js'
import { ColdKernels } from '../process/kernel-source.js'
import type { NotebookProcess } from '../process/notebook-process.js'
import type { ConversationOptions, Told } from './conversation.js'
import { converse, MARGIN } from './conversation.js'
import { decide, fromEnding } from './decide.js'
import { endingOf } from './ending.js'
import { mend, removePartial } from './mend.js'
import type { ExecuteOptions, RunOptions, RunOptionsWithDefaults } from './options.js'
import { withDefaults } from './options.js'
import type { NotebookDetails, NotebookOutcome, NotebookResult } from './result.js'
import { NotStarted, notStarted } from './result.js'
import type { Template } from './template.js'
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
 * console.log(result.state, result.details.cells)
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

type Filled = Omit<ExecuteOptions, keyof RunOptions> &
  RunOptionsWithDefaults & { readonly cwd: string }
type Place = { readonly input: string; readonly output: string }
type Found = NotebookOutcome & { readonly details: Partial<NotebookDetails> }

async function readAndRun(
  place: Place,
  parameters: Readonly<Record<string, unknown>>,
  options: Filled,
  log: LogFile | undefined,
): Promise<Found> {
  const template = await readTemplate(place.input)
  const job = jobLine(template, place.output, parameters, options)
  const { python, env, kernels } = options
  let process = await kernels.take({ python, env })
  let told = await runIn(process, job, options, log)
  if (process.startedAhead && diedUnused(told)) {
    process = await new ColdKernels().take({ python, env })
    told = await runIn(process, job, options, log)
  }
  const outcome = await showInNotebook(decide(told, python), told, place.output, options)
  return { ...outcome, details: { template_sha256: template.sha256, ...detailsOf(told) } }
}

async function runIn(
  process: NotebookProcess,
  job: string,
  options: Filled,
  log: LogFile | undefined,
): Promise<Told> {
  const environment = JSON.stringify(process.changesFor(options.env))
  const line = `${job.slice(0, -1)},"environment":${environment}}`
  const logged = pipeToLog(process, log)
  const told = await converse(process, line, conversationOptions(options)).finally(() =>
    process.dispose(MARGIN * 1000).then((left) => sayLeft(left, options)),
  )
  await logged
  return told
}

/** A process that was started ahead may have died while it waited, and no one has noticed yet. */
function diedUnused({ started, last, ending, late }: Told): boolean {
  return !started && !last && !ending && !late
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

async function pipeToLog(process: NotebookProcess, log: LogFile | undefined): Promise<void> {
  try {
    for await (const chunk of process.stderr) await log?.write(chunk as Buffer)
  } catch (error) {
    // closed from this side, because what the notebook left behind holds it open
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

function jobLine(
  template: Template,
  output: string,
  parameters: Readonly<Record<string, unknown>>,
  { cwd, kernel, limits, grace }: Filled,
): string {
  const job = {
    input: { path: template.path, text: template.text },
    output,
    cwd: resolve(cwd),
    kernel: kernel ?? null,
    // no limit is null: JSON has no Infinity
    limits,
    grace,
  }
  return `${JSON.stringify(job).slice(0, -1)},"parameters":${parametersJson(parameters)}}`
}

function parametersJson(parameters: Readonly<Record<string, unknown>>): string {
  try {
    return toPlainJson(parameters, { onUnrepresentable: 'throw' })
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error
    throw new NotStarted(`a parameter can't be given to a notebook: ${error.message}`, {
      cause: error,
    })
  }
}

function conversationOptions(options: Filled): ConversationOptions {
  const { startTimeout, grace, signal, logger, limits } = options
  return {
    startTimeout,
    notebookLimit: limits.notebook,
    grace,
    signal,
    onProgress: options.onProgress ?? (() => undefined),
    onUndeclared(names) {
      const unexpected = names.filter((name) => !options.implicit?.includes(name))
      if (unexpected.length === 0) return
      const text = 'the template has no such parameters in its cell tagged `parameters`'
      logger?.warn({ parameters: unexpected }, text)
    },
  }
}

function sayLeft(left: readonly number[], { logger }: Filled): void {
  if (left.length > 0) logger?.error({ processes: left }, 'these processes could not be ended')
}

function detailsOf({ ready, started, executed, outputCut }: Told): Partial<NotebookDetails> {
  return {
    ...(started && { kernel: started.kernel, cells: { total: started.cells, executed } }),
    ...(ready && { python: ready.python, packages: ready.packages }),
    ...(outputCut !== undefined && { output_cut: outputCut }),
  }
}

function lastLine(outcome: NotebookOutcome): string {
  const state = outcome.state === 'failed' ? `failed (${outcome.reason})` : outcome.state
  return `${state}${outcome.message ? `: ${outcome.message}` : ''}\n`
}
