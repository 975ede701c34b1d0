import { type Decision, type Job, toLosslessJson } from '@prompt-papermill/core'

import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load.js'
import { isWorkerRunning, postLines } from '../control/control-client.js'
import { readPause } from '../operations/pausing.js'
import { withLedger } from '../ledger/open-reader.js'
import { oneLine } from '../log/escape.js'
import { makeLogger } from '../log/logger.js'
import { dryRun } from '../replay/dry-run.js'
import { estimateJobs } from '../replay/estimate.js'
import type { Feed } from '../replay/feeds.js'
import type { ReplayEvent, ReplayRequest } from '../replay/replay-event.js'
import { feedsOf } from '../replay/replay-files.js'
import { loadActions } from '../rules/load-actions.js'
import { makeRules } from '../rules/make-rules.js'
import { createWorker } from '../worker.js'
import { CommandError } from './command-error.js'
import { warnIfPaused } from './operate/warn-if-paused.js'
import { count } from './counting.js'
import { estimateText } from './estimate-text.js'
import { timeOf } from './filters.js'
import { Progress } from './progress.js'
import { recordingsAt } from './recordings.js'
import { ReplaySummary } from './replay-summary.js'

/** Options of `replay`. */
export interface ReplayOptions {
  readonly config: string
  readonly dryRun?: boolean
  readonly rerun?: boolean
  readonly since?: string
  readonly until?: string
}

/** `prompt-papermill replay`: puts recorded runs, or the data server's, through the rules; 1 if a job failed. */
export async function replay(given: readonly string[], options: ReplayOptions): Promise<number> {
  const config = await loadConfig(options.config)
  const files = await recordingsAt(given)
  const period = periodOf(options)
  if ((files.length === 0) === (period.since === undefined)) {
    throw new CommandError(
      'give either recordings, or --since TIME for those of the data server',
      2,
    )
  }
  if (period.since !== undefined && !config.tiled) {
    throw new CommandError(
      `--since asks the data server, and ${options.config} names none; give tiled: { url: … }`,
    )
  }
  if (options.dryRun) return replayDry(feedsOf(files, period, config.tiled), config)
  const summary = new ReplaySummary(new Progress('jobs'))
  if (files.length > 1) say(`${files.length} files`)
  const request = { files, rerun: options.rerun ?? false, ...period }
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

/** As times, from what a person writes. */
function periodOf({ since, until }: ReplayOptions): Pick<ReplayRequest, 'since' | 'until'> {
  if (until !== undefined && since === undefined) {
    throw new CommandError('--until goes with --since', 2)
  }
  const now = Date.now()
  return {
    ...(since === undefined ? {} : { since: timeOf('--since', since, now) }),
    ...(until === undefined ? {} : { until: timeOf('--until', until, now) }),
  }
}

/** Without a worker to be resumed this would wait for ever. */
async function refuseIfPaused(state: string): Promise<void> {
  const paused = await readPause(state)
  if (!paused) return
  throw new CommandError(
    `paused by ${paused.who} at ${paused.at}, so that no job would begin; \`prompt-papermill resume\` first`,
  )
}

async function replayDry(feeds: readonly Feed[], config: Config): Promise<number> {
  const rules = makeRules(config, await loadActions(config))
  let runs = 0
  let known = 0
  const fresh: Job[] = []
  let unread = 0
  const tell = (decision: Decision, added: readonly Job[]): void => {
    runs += 1
    fresh.push(...added)
    known += decision.jobs.length - added.length
    for (const job of added) say(jobText(job))
  }
  const note = (event: ReplayEvent): void => {
    if (event.event === 'found') say(`${count(event.runs, 'run')} at ${event.from}`)
    if (event.event !== 'unread') return
    unread += 1
    say(`${event.from} can't be read: ${event.message}`)
  }
  const { concurrency } = config
  const estimate = await withLedger(config.state, async (ledger) => {
    await dryRun(feeds, rules, ledger, tell, note)
    // what is decided already takes no time
    const working = fresh.filter(({ decided }) => !decided)
    return working.length > 0 ? estimateJobs(working, ledger, concurrency) : null
  })
  const others = known > 0 ? `; ${count(known, 'job')} skipped that the ledger has` : ''
  process.stdout.write(
    `${count(runs, 'run')}: ${count(fresh.length, 'job')} would be made${others}\n`,
  )
  if (estimate) say(estimateText(estimate, concurrency))
  return unread > 0 ? 1 : 0
}

function jobText({ run, rule, entry, parameters, decided }: Job): string {
  const end = decided ? `: ${decided.state} (${decided.reason})` : ''
  return `${run.uid.slice(0, 8)} ${run.start?.plan_name ?? ''}: ${rule}/${entry} with ${toLosslessJson(parameters)}${end}`
}

function say(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`)
}
