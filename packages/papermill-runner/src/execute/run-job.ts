import { comeTooLate } from '../process/environment.js'
import { ColdKernels } from '../process/kernel-source.js'
import type { NotebookProcess } from '../process/notebook-process.js'
import type { ConversationOptions, Told } from './conversation.js'
import { converse, MARGIN } from './conversation.js'
import { CellProgress } from './estimate.js'
import type { JobParts } from './job-line.js'
import { jobLine } from './job-line.js'
import type { ExecuteOptions, RunOptions, RunOptionsWithDefaults } from './options.js'
import { NotStarted } from './result.js'
import type { Said } from './said.js'
import { Waiting } from './waiting.js'

/** {@link ExecuteOptions} with every default filled in. */
export type Filled = Omit<ExecuteOptions, keyof RunOptions> &
  RunOptionsWithDefaults & { readonly cwd: string }

/** Has a process run a job, and ends it with all that it has started; returns what it told. */
export async function runJob(
  job: Omit<JobParts, 'environment' | 'implicit'>,
  options: Filled,
  said: Said,
): Promise<Told> {
  const process = await takeProcess(options).catch((error: unknown) => {
    const { message } = error as Error
    throw new NotStarted(`no process can be started for the notebook: ${message}`, { cause: error })
  })
  const told = await runIn(process, job, options, said)
  if (!process.startedAhead || !diedUnused(told)) return told
  return runIn(await new ColdKernels().take(options), job, options, said)
}

/** A launcher starts its Python elsewhere, and some variables come too late for a Python that runs. */
function takeProcess(options: Filled): Promise<NotebookProcess> {
  const { launcher, secrets, kernels } = options
  const cold = launcher.length > 0 || comeTooLate({ set: secrets, unset: [] })
  return (cold ? new ColdKernels() : kernels).take(options)
}

async function runIn(
  process: NotebookProcess,
  job: Omit<JobParts, 'environment' | 'implicit'>,
  options: Filled,
  said: Said,
): Promise<Told> {
  const environment = process.changesFor(options.env)
  const line = jobLine({ ...job, implicit: options.implicit ?? [], environment })
  const waiting = options.launcher.length > 0 ? new Waiting(options, said) : undefined
  const listening = said.listen(process, () => waiting?.tell())
  waiting?.tell()
  const conversation = conversationOptions(options, () => waiting?.over())
  let told: Told | undefined
  try {
    told = await converse(process, line, conversation)
  } finally {
    waiting?.over()
    const gone = disposed(process, options)
    if (!hasOnlyToGo(process, told)) await gone
  }
  await listening
  return told
}

async function disposed(process: NotebookProcess, options: Filled): Promise<void> {
  try {
    sayLeft(await process.dispose(MARGIN * 1000), options)
  } catch (error) {
    options.logger?.warn({ error }, 'could not clear up behind a notebook')
  }
}

/**
 * Before its last word it has ended all else, and closed its log. Its own end takes as long as some notebooks,
 * and nobody waits for it but the source that started it ahead, when that is closed.
 */
function hasOnlyToGo({ startedAhead }: NotebookProcess, told: Told | undefined): boolean {
  return startedAhead && told?.last !== undefined && told.ending === undefined
}

/** A process that was started ahead may have died while it waited, and no one has noticed yet. */
function diedUnused({ started, last, ending, late }: Told): boolean {
  return !started && !last && !ending && !late
}

function conversationOptions(options: Filled, onAlive: () => void): ConversationOptions {
  const { startTimeout, grace, signal, logger, limits, launcher } = options
  return {
    launchLimit: launcher.length > 0 ? limits.launch : undefined,
    startTimeout,
    notebookLimit: limits.notebook,
    grace,
    signal,
    onAlive,
    progress: new CellProgress(options.onProgress ?? (() => undefined), options.usual ?? []),
    onUndeclared(names) {
      const text = 'the template has no such parameters in its cell tagged `parameters`'
      logger?.warn({ parameters: names }, text)
    },
  }
}

function sayLeft(left: readonly number[], { logger }: Filled): void {
  if (left.length > 0) logger?.error({ processes: left }, 'these processes could not be ended')
}
