import { toLosslessJson } from '@prompt-papermill/core'
import Table from 'cli-table3'

import { stateFolder } from '../config/state-folder.js'
import type { LedgerReader } from '../ledger/ledger.js'
import { withLedger } from '../ledger/open-reader.js'
import type { JobQuery, Page, Paging, RunQuery } from '../ledger/queries.js'
import type { JobRow, RunRow } from '../ledger/rows.js'
import { oneLine } from '../log/escape.js'
import { oldestFirst } from '../operations/select-jobs.js'

/** Options of `jobs` and `runs`. */
export interface ListOptions {
  readonly config: string
  readonly json?: boolean
  /** Only so many, the newest. */
  readonly limit?: number
}

/** How many lines a table has, unless it is said otherwise. */
const tableLimit = 100

/** `prompt-papermill jobs`: what the ledger knows of jobs, the newest last. */
export async function jobs(options: ListOptions, query: JobQuery = {}): Promise<number> {
  return list(options, (ledger, page) => ledger.jobs({ ...query, ...page }), {
    none: 'no jobs',
    head: ['job', 'scan', 'plan', 'rule', 'entry', 'state', 'attempt', 'results'],
    cells: (row: JobRow) => [
      row.id,
      row.scan_id,
      row.plan_name,
      row.rule,
      row.entry,
      row.reason === null ? row.state : `${row.state} (${row.reason})`,
      row.attempt,
      row.results_dir ?? row.message,
    ],
  })
}

/** `prompt-papermill runs`: what the ledger knows of runs, the newest last. */
export async function runs(options: ListOptions, query: RunQuery = {}): Promise<number> {
  return list(options, (ledger, page) => ledger.runs({ ...query, ...page }), {
    none: 'no runs',
    head: ['uid', 'scan', 'plan', 'exit status', 'complete', 'documents', 'jobs', 'stopped'],
    cells: (row: RunRow) => [
      row.uid,
      row.scan_id,
      row.plan_name,
      row.exit_status ?? 'open',
      row.complete ? 'yes' : 'no',
      row.documents,
      row.jobs.length,
      row.stopped_at,
    ],
  })
}

/** How rows are shown as a table. */
interface Shown<Row> {
  readonly none: string
  readonly head: string[]
  readonly cells: (row: Row) => readonly (string | number | null)[]
}

async function list<Row extends object>(
  { config, json, limit }: ListOptions,
  ask: (ledger: LedgerReader, page: Paging) => Promise<Page<Row>>,
  shown: Shown<Row>,
): Promise<number> {
  const state = await stateFolder(config)
  return withLedger(state, async (ledger) => {
    const pages = (page: Paging): Promise<Page<Row>> => ask(ledger, page)
    if (json) {
      const rows = limit === undefined ? oldestFirst(pages) : await newest(pages, limit)
      for await (const row of rows) process.stdout.write(`${toLosslessJson(row)}\n`)
      return 0
    }
    const rows = await newest(pages, (limit ?? tableLimit) + (limit === undefined ? 1 : 0))
    const more = limit === undefined && rows.length > tableLimit
    writeTable(shown, more ? rows.slice(1) : rows, state)
    if (more) {
      process.stderr.write(
        `the newest ${tableLimit} are shown; give --limit N for more, or --json for all\n`,
      )
    }
    return 0
  })
}

/** The newest so many, in the order in which they came. */
async function newest<Row>(
  ask: (page: Paging) => Promise<Page<Row>>,
  most: number,
): Promise<readonly Row[]> {
  const found: Row[] = []
  for (let after: string | undefined; found.length < most;) {
    const { rows, next } = await ask({ limit: Math.min(1000, most - found.length), after })
    found.push(...rows)
    if (next === null) break
    after = next
  }
  return found.reverse()
}

function writeTable<Row>({ none, head, cells }: Shown<Row>, rows: readonly Row[], state: string) {
  if (rows.length === 0) {
    process.stdout.write(`${none} in the ledger of ${state}\n`)
    return
  }
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    chars: plainBorders,
  })
  for (const row of rows) table.push(cells(row).map((cell) => oneLine(String(cell ?? ''))))
  process.stdout.write(`${table.toString()}\n`)
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
