import { access } from 'node:fs/promises'
import { resolve } from 'node:path'

import { type Decision, type Job, toLosslessJson } from '@prompt-papermill/core'

import type { Config } from '../config/compile.js'
import { loadConfig } from '../config/load.js'
import { isWorkerRunning, postLines } from '../control/control-client.js'
import { readPause } from '../operations/pausing.js'
import { withLedger } from '../ledger/open-reader.js'
import { oneLine } from '../log/escape.js'
import { makeLogger } from '../log/logger.js'
import { dryRun } from '../replay/dry-run.js'
import type { ReplayEvent } from '../replay/replay-files.js'
import { loadActions } from '../rules/load-actions.js'
import { makeRules } from '../rules/make-rules.js'
import { createWorker } from '../worker.js'
import { CommandError } from './command-error.js'
import { warnIfPaused } from './operate/warn-if-paused.js'
import { count } from './counting.js'
import { Progress } from './progress.js'
import { ReplaySummary } from './replay-summary.js'

/** Options of `replay`. */
export interface ReplayOptions {
  readonly config: string
  readonly dryRun?: boolean
  readonly rerun?: boolean
}

/** `prompt-papermill replay`: puts recorded runs through the rules; 1 if a job failed. */
export async function replay(given: readonly string[], options: ReplayOptions): Promise<number> {
  const config = await loadConfig(options.config)
  const files = given.map((file) => resolve(file))
  for (const file of files) {
    await access(file).catch(() => {
      throw new CommandError(`${file} can't be read; is its name right?`)
    })
  }
  if (options.dryRun) return replayDry(files, config)
  const summary = new ReplaySummary(new Progress('jobs'))
  const request = { files, rerun: options.rerun ?? false }
  if (await isWorkerRunning(config.state)) {
    say(`the worker on ${config.state} takes them`)
    await warnIfPaused(config.state)
    for await (const event of postLines(config.state, '/replay', request)) {
      summary.take(event as ReplayEvent)
    }
  } else {
    await refuseIfPaused(config.state)
    const logger = makeLogger({ level: 'warn' })
    const worker = await createWorker({ ...config, http: false }, { sources: [], logger })
    try {
      await worker.replay(files, request, (event) => summary.take(event))
    } catch (error) {
      summary.take({ event: 'failed', message: (error as Error).message })
    } finally {
      await worker.stop()
    }
  }
  return summary.end()
}

/** Without a worker to be resumed this would wait for ever. */
async function refuseIfPaused(state: string): Promise<void> {
  const paused = await readPause(state)
  if (!paused) return
  throw new CommandError(
    `paused by ${paused.who} at ${paused.at}, so that no job would begin; \`prompt-papermill resume\` first`,
  )
}

async function replayDry(files: readonly string[], config: Config): Promise<number> {
  const rules = makeRules(config, await loadActions(config))
  let runs = 0
  let fresh = 0
  let known = 0
  const tell = (decision: Decision, added: readonly Job[]): void => {
    runs += 1
    fresh += added.length
    known += decision.jobs.length - added.length
    for (const job of added) {
      const decided = job.decided ? `: ${job.decided.state} (${job.decided.reason})` : ''
      say(
        `${job.run.uid.slice(0, 8)} ${job.run.start?.plan_name ?? ''}: ${job.rule}/${job.entry} with ${toLosslessJson(job.parameters)}${decided}`,
      )
    }
  }
  await withLedger(config.state, (ledger) => dryRun(files, rules, ledger, tell))
  const others = known > 0 ? `; ${count(known, 'job')} skipped that the ledger has` : ''
  process.stdout.write(`${count(runs, 'run')}: ${count(fresh, 'job')} would be made${others}\n`)
  return 0
}

function say(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`)
}
