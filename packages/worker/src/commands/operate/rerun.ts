import { toLosslessJson } from '@prompt-papermill/core'

import { stateFolder } from '../../config/state-folder.js'
import { postLines } from '../../control/control-client.js'
import type { RerunEvent } from '../../operations/rerun.js'
import { CommandError } from '../command-error.js'
import { type FilterOptions, selectionOf } from '../filters.js'
import { Progress } from '../progress.js'
import type { OperateOptions } from './answer.js'
import { RerunSummary } from './rerun-summary.js'
import { warnIfPaused } from './warn-if-paused.js'

/** Options of `rerun`. */
export interface RerunOptions extends OperateOptions, FilterOptions {
  readonly rules?: boolean
  readonly dryRun?: boolean
  readonly wait?: boolean
  readonly priority?: string
}

/** `prompt-papermill rerun JOB|UID`, or all that its options say; 1 if one could not be, or failed again. */
export async function rerun(target: string | undefined, options: RerunOptions): Promise<number> {
  const where = selectionOf(options)
  const selects = Object.keys(where).length > 0
  if ((target === undefined) !== selects) {
    throw new CommandError(
      'give a job’s id or a run’s uid, or say which with --rule, --state, --since and the like, and not both',
      2,
    )
  }
  const state = await stateFolder(options.config)
  const { rules = false, dryRun = false, wait = false } = options
  const request = {
    ...(target === undefined ? { where } : { target }),
    ...(options.priority === undefined ? {} : { priority: priorityOf(options.priority) }),
    rules,
    dry_run: dryRun,
    wait,
  }
  const summary = new RerunSummary(new Progress('jobs'), { dryRun, wait, one: !selects })
  if (!dryRun) await warnIfPaused(state)
  for await (const line of postLines(state, '/rerun', request)) {
    const event = line as RerunEvent
    if (options.json) process.stdout.write(`${toLosslessJson(event)}\n`)
    summary.take(event)
  }
  const { text, exitCode } = summary.end()
  if (!options.json) process.stdout.write(`${text}\n`)
  return exitCode
}

function priorityOf(text: string): number {
  const priority = Number(text)
  if (Number.isInteger(priority) && Math.abs(priority) <= 1000) return priority
  throw new CommandError(`--priority ${text}: must be a whole number from -1000 to 1000`, 2)
}
