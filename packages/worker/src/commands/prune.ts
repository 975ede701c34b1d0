import { userInfo } from 'node:os'

import type { RetentionAges } from '../config/config.js'
import { loadConfig } from '../config/load.js'
import { duration } from '../config/units.js'
import { LedgerError } from '../ledger/ledger-error.js'
import { SqliteLedger } from '../ledger/sqlite-ledger.js'
import { oneLine } from '../log/escape.js'
import { documentsFolder } from '../queue/documents-folder.js'
import { prune as pruneLedger, type Pruned } from '../retention/prune.js'
import { CommandError } from './command-error.js'

/** Options of `prune`. */
export interface PruneOptions {
  readonly config: string
  readonly dryRun?: boolean
  readonly olderThan?: string
  readonly newestToo?: boolean
  readonly json?: boolean
}

/** `prompt-papermill prune`: removes what is older than the config, or the command line, says; once, and now. */
export async function prune(options: PruneOptions): Promise<number> {
  const config = await loadConfig(options.config)
  const { state, results, retention } = config
  const ages = options.olderThan === undefined ? retention : allOlder(options.olderThan)
  if (Object.values(ages).every((age) => age === null)) {
    throw new CommandError(
      'nothing is removed without being asked: give --older-than 90d, or `retention` in the config',
      2,
    )
  }
  const dryRun = options.dryRun ?? false
  const request = { ages, newestToo: options.newestToo ?? false, dryRun }
  const ledger = await openedBeside(state)
  if (!ledger) return tell({ attempts: 0, documents: 0, runs: 0, refused: [] }, options)
  try {
    const place = { ledger, results: results.root, documents: documentsFolder(config) }
    const pruned = await pruneLedger(place, request)
    const { refused: _, ...counts } = pruned
    const who = userInfo().username
    if (!dryRun) await ledger.act({ who, what: 'prune', details: { ...counts, ages } })
    return tell(pruned, options)
  } finally {
    await ledger.close()
  }
}

function allOlder(text: string): RetentionAges {
  const age = duration.safeParse(text)
  if (!age.success) {
    throw new CommandError(`--older-than ${text}: must be a duration such as 90d, 48h or 30m`, 2)
  }
  return { attempts: age.data, documents: age.data, rows: age.data }
}

/** The state folder's ledger, whether or not a worker runs; null if there is none yet. */
async function openedBeside(state: string): Promise<SqliteLedger | null> {
  try {
    return await SqliteLedger.openBeside(state)
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'gone') return null
    throw error
  }
}

function tell(pruned: Pruned, { json, dryRun }: PruneOptions): number {
  for (const why of pruned.refused) process.stderr.write(`left alone: ${oneLine(why)}\n`)
  const { attempts, documents, runs, refused } = pruned
  process.stdout.write(
    json
      ? `${JSON.stringify({ attempts, documents, runs, refused: refused.length })}\n`
      : `${dryRun ? 'would remove' : 'removed'} ${counted(attempts, 'attempt folder')}, ${counted(documents, 'documents file')}, ${counted(runs, 'run')} of the ledger\n`,
  )
  return refused.length > 0 ? 1 : 0
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
