import { access } from 'node:fs/promises'
import { resolve } from 'node:path'

import { type Decision, type Job, toLosslessJson } from '@prompt-papermill/core'

import type { Config } from '../config/compile.js'
import { loadConfig } from '../config/load.js'
import { isWorkerRunning, postLines } from '../control/control-client.js'
import { readLedger } from '../ledger/ledger-file.js'
import { oneLine } from '../log/escape.js'
import { makeLogger } from '../log/logger.js'
import { dryRun } from '../replay/dry-run.js'
import type { ReplayEvent } from '../replay/replay-files.js'
import { loadActions } from '../rules/load-actions.js'
import { makeRules } from '../rules/make-rules.js'
import { createWorker } from '../worker.js'
import { CommandError } from './command-error.js'

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
  const summary = new Summary()
  const request = { files, rerun: options.rerun ?? false }
  if (await isWorkerRunning(config.state)) {
    say(`the worker on ${config.state} takes them`)
    for await (const event of postLines(config.state, '/replay', request)) {
      summary.take(event as ReplayEvent)
    }
  } else {
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

/** Counts and shows what a replay says. */
class Summary {
  #runs = 0
  #known = 0
  #dropped = 0
  #failed = false
  readonly #states = new Map<string, number>()

  take(event: ReplayEvent): void {
    switch (event.event) {
      case 'decided':
        this.#runs += 1
        this.#known += event.known.length
        say(
          `${event.uid.slice(0, 8)} ${event.plan_name ?? '(no plan_name)'}: ${count(event.jobs.length, 'job')}` +
            (event.known.length > 0 ? `, ${event.known.length} known already` : ''),
        )
        break
      case 'job': {
        const { id, entry, state, reason, message, results_dir: dir } = event.job
        this.#states.set(state, (this.#states.get(state) ?? 0) + 1)
        this.#failed ||= state === 'failed'
        const why = reason === null ? '' : ` (${reason})`
        say(`${id} ${entry}: ${state}${why} ${state === 'failed' ? (message ?? '') : (dir ?? '')}`)
        break
      }
      case 'dropped':
        this.#dropped += 1
        if (this.#dropped <= 10) say(`${event.file}: a frame was dropped: ${event.message}`)
        break
      case 'open':
        say(`${event.uid.slice(0, 8)} has no Run Stop in these files, so it was not decided`)
        break
      case 'failed':
        this.#failed = true
        say(event.message)
        break
    }
  }

  end(): number {
    const states = [...this.#states].map(([state, n]) => `${n} ${state}`).join(', ') || 'no job'
    const known =
      this.#known > 0 ? `; ${count(this.#known, 'job')} skipped that the ledger has` : ''
    const dropped = this.#dropped > 0 ? `; ${count(this.#dropped, 'frame')} dropped` : ''
    process.stdout.write(`${count(this.#runs, 'run')}: ${states}${known}${dropped}\n`)
    return this.#failed ? 1 : 0
  }
}

async function replayDry(files: readonly string[], config: Config): Promise<number> {
  const rules = makeRules(config, await loadActions(config))
  const { jobs } = await readLedger(config.state)
  let runs = 0
  let fresh = 0
  let known = 0
  await dryRun(files, rules, new Set(jobs.keys()), (decision: Decision, added: readonly Job[]) => {
    runs += 1
    fresh += added.length
    known += decision.jobs.length - added.length
    for (const job of added) {
      const decided = job.decided ? `: ${job.decided.state} (${job.decided.reason})` : ''
      say(
        `${job.run.uid.slice(0, 8)} ${job.run.start?.plan_name ?? ''}: ${job.rule}/${job.entry} with ${toLosslessJson(job.parameters)}${decided}`,
      )
    }
  })
  const others = known > 0 ? `; ${count(known, 'job')} skipped that the ledger has` : ''
  process.stdout.write(`${count(runs, 'run')}: ${count(fresh, 'job')} would be made${others}\n`)
  return 0
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

function say(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`)
}
