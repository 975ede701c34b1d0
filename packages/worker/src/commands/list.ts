import { toLosslessJson } from '@prompt-papermill/core'
import Table from 'cli-table3'

import { loadConfig } from '../config/load.js'
import { readLedger } from '../ledger/ledger-file.js'
import { type JobRow, jobRow, type RunRow, runRows } from '../ledger/rows.js'
import { oneLine } from '../log/escape.js'

/** Options of `jobs` and `runs`. */
export interface ListOptions {
  readonly config: string
  readonly json?: boolean
}

/** `prompt-papermill jobs`: what the ledger knows of jobs, oldest first. */
export async function jobs(options: ListOptions): Promise<number> {
  const { state } = await loadConfig(options.config)
  const { jobs: known } = await readLedger(state)
  const rows = [...known.values()].map(jobRow)
  if (options.json) return writeLines(rows)
  return writeTable(
    ['job', 'scan', 'plan', 'rule', 'entry', 'state', 'attempt', 'results'],
    rows.map((row: JobRow) => [
      row.id,
      row.scan_id,
      row.plan_name,
      row.rule,
      row.entry,
      row.reason === null ? row.state : `${row.state} (${row.reason})`,
      row.attempt,
      row.results_dir ?? row.message,
    ]),
    `no jobs in the ledger of ${state}`,
  )
}

/** `prompt-papermill runs`: what the ledger knows of runs, oldest first. */
export async function runs(options: ListOptions): Promise<number> {
  const { state } = await loadConfig(options.config)
  const rows = runRows(await readLedger(state))
  if (options.json) return writeLines(rows)
  return writeTable(
    ['uid', 'scan', 'plan', 'exit status', 'complete', 'documents', 'jobs', 'stopped'],
    rows.map((row: RunRow) => [
      row.uid,
      row.scan_id,
      row.plan_name,
      row.exit_status ?? 'open',
      row.complete ? 'yes' : 'no',
      row.documents,
      row.jobs.length,
      row.stopped_at,
    ]),
    `no runs in the ledger of ${state}`,
  )
}

function writeLines(rows: readonly object[]): number {
  for (const row of rows) process.stdout.write(`${toLosslessJson(row)}\n`)
  return 0
}

function writeTable(
  head: string[],
  rows: readonly (readonly (string | number | null)[])[],
  none: string,
): number {
  if (rows.length === 0) {
    process.stdout.write(`${none}\n`)
    return 0
  }
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    chars: plainBorders,
  })
  for (const row of rows) table.push(row.map((cell) => oneLine(String(cell ?? ''))))
  process.stdout.write(`${table.toString()}\n`)
  return 0
}

/** Columns without lines, so that they can be copied and piped. */
const plainBorders = {
  ...Object.fromEntries(
    [
      'top',
      'top-mid',
      'top-left',
      'top-right',
      'bottom',
      'bottom-mid',
      'bottom-left',
      'bottom-right',
    ]
      .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
      .map((part) => [part, '']),
  ),
  middle: ' ',
}
