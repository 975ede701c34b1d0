import type { Command } from 'commander'

import type { Selection } from '../operations/requests.js'
import { type StateName, stateNames } from '../operations/state-names.js'
import { CommandError } from './command-error.js'

/** What `jobs`, `runs` and `rerun` can be limited to, as commander gives it. */
export interface FilterOptions {
  readonly state?: string
  readonly reason?: string
  readonly rule?: string
  readonly entry?: string
  readonly plan?: string
  readonly sample?: string
  readonly scan?: string
  readonly since?: string
  readonly until?: string
}

/** Adds the options that runs can be chosen by. */
export function addRunFilters(command: Command): Command {
  return command
    .option('--state <states>', `jobs in this state, or one of several: ${stateNames.join(',')}`)
    .option('--rule <rule>', 'jobs of this rule')
    .option('--plan <plan>', 'runs of this plan')
    .option('--sample <sample>', 'runs of this sample')
    .option('--scan <scan_id>', 'runs with this scan id')
    .option('--since <time>', 'received since 2026-11-23, 2026-11-23T19:30, or 2h or 3d ago')
    .option('--until <time>', 'received before that')
}

/** Adds the options that jobs can be chosen by. */
export function addJobFilters(command: Command): Command {
  return addRunFilters(command)
    .option('--entry <entry>', 'jobs of this entry')
    .option('--reason <reason>', 'jobs that failed or were skipped for this reason')
}

/**
 * What was asked for, as the ledger and the worker take it; only what is given.
 *
 * @param now - milliseconds since 1970, for times that are given as so long ago.
 * @throws CommandError with exit code 2 for a state or time that can't be read.
 */
export function selectionOf(options: FilterOptions, now = Date.now()): Selection {
  const given = {
    rule: options.rule,
    entry: options.entry,
    plan_name: options.plan,
    scan_id: options.scan,
    sample: options.sample,
    state: options.state === undefined ? undefined : statesOf(options.state),
    reason: options.reason,
    since: options.since === undefined ? undefined : timeOf('--since', options.since, now),
    until: options.until === undefined ? undefined : timeOf('--until', options.until, now),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function statesOf(text: string): StateName[] {
  return text.split(',').map((part) => {
    const state = stateNames.find((name) => name === part.trim())
    if (state) return state
    throw new CommandError(
      `--state ${part}: there is no such state; known are ${stateNames.join(', ')}`,
      2,
    )
  })
}

const milliseconds = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** A time in ISO 8601, UTC; one without a zone, and a date alone, are local. */
export function timeOf(option: string, text: string, now: number): string {
  const ago = /^(?<count>\d{1,5})(?<unit>[mhdw])$/u.exec(text)?.groups
  if (ago) {
    const unit = milliseconds[ago.unit as keyof typeof milliseconds]
    return new Date(now - Number(ago.count) * unit).toISOString()
  }
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/u.test(text) ? `${text}T00:00` : text)
  if (/^\d{4}-\d\d-\d\d/u.test(text) && !Number.isNaN(time)) return new Date(time).toISOString()
  throw new CommandError(
    `${option} ${text}: no time; write 2026-11-23, 2026-11-23T19:30, or 2h or 3d for so long ago`,
    2,
  )
}
