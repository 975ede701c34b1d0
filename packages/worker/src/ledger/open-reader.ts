import type { Database } from 'better-sqlite3'

import type { LedgerReader } from './ledger.js'
import { explainError } from './sqlite/explain-error.js'
import { openForReading } from './sqlite/open-database.js'
import type { CallLedger } from './sqlite/protocol.js'
import { Reads } from './sqlite/reads.js'
import { SqliteReader } from './sqlite-reader.js'

/**
 * Opens what a state folder's ledger knows for reading, whether or not a worker runs. Where there is no ledger,
 * it is empty. It reads in this thread: for commands, not for what receives.
 *
 * @throws LedgerError if it can't be read, or another version wrote it.
 * @example
 * ```ts
 * import { openLedgerReader } from '@prompt-papermill/worker'
 *
 * const ledger = await openLedgerReader('/tmp/state')
 * console.log((await ledger.runs()).rows.length)
 * await ledger.close()
 * ```
 */
export async function openLedgerReader(state: string): Promise<LedgerReader> {
  // what can't be opened rejects, as in a ledger that waits for a thread
  const db = await Promise.resolve(state).then(openForReading)
  if (!db) return emptyLedger
  return new SqliteReader(callerOf(db), () => {
    db.close()
    return Promise.resolve()
  })
}

/** Opens a ledger, asks it, and closes it, whatever comes of that. */
export async function withLedger<T>(
  state: string,
  ask: (ledger: LedgerReader) => Promise<T>,
): Promise<T> {
  const ledger = await openLedgerReader(state)
  try {
    return await ask(ledger)
  } finally {
    await ledger.close()
  }
}

function callerOf(db: Database): CallLedger {
  const reads = new Reads(db)
  return async (method, ...args) => {
    const methods = reads as unknown as Record<string, (...args: readonly unknown[]) => unknown>
    try {
      return (await Promise.resolve(methods[method]?.(...args))) as never
    } catch (error) {
      throw explainError(error, db.name)
    }
  }
}

const emptyLedger: LedgerReader = {
  job: () => Promise.resolve(undefined),
  run: () => Promise.resolve(undefined),
  jobs: () => Promise.resolve({ rows: [], next: null }),
  runs: () => Promise.resolve({ rows: [], next: null }),
  attempts: () => Promise.resolve([]),
  decision: () => Promise.resolve(null),
  acts: () => Promise.resolve({ rows: [], next: null }),
  known: () => Promise.resolve(new Set()),
  close: () => Promise.resolve(),
}
