import { hostname } from 'node:os'
import { join } from 'node:path'

import Sqlite, { type Database } from 'better-sqlite3'

import { LedgerError } from '../ledger-error.js'
import { explainError } from './explain-error.js'

/** The lock's file below the state folder. */
export const lockName = 'ledger.lock'

/** Who has a ledger. */
interface Owner {
  readonly pid: number
  readonly host: string
  /** ISO 8601, UTC. */
  readonly since: string
}

/** Keeps a ledger for one worker; ends with it, however it ends. */
export interface LedgerLock {
  release(): void
}

/**
 * Takes a state folder for this worker: a transaction that stays open on a small database of its own. The
 * operating system lets go of it when the process ends, also by `kill -9`, so that nothing stale is left behind;
 * others can read meanwhile who has it.
 *
 * @throws LedgerError `locked` if another worker has it, with its process and host in the message.
 */
export function takeLock(state: string): LedgerLock {
  const file = join(state, lockName)
  let db: Database | undefined
  try {
    db = new Sqlite(file, { timeout: 0 })
    db.exec('CREATE TABLE IF NOT EXISTS owner (pid INTEGER, host TEXT, since TEXT) STRICT')
    const note = db.prepare('INSERT INTO owner VALUES (?, ?, ?)')
    const now = new Date().toISOString()
    db.transaction(() => {
      db?.exec('DELETE FROM owner')
      note.run(process.pid, hostname(), now)
    }).immediate()
    db.exec('BEGIN IMMEDIATE')
    return { release: () => void db?.close() }
  } catch (error) {
    const owner = isBusy(error) && db ? ownerIn(db) : undefined
    db?.close()
    if (!isBusy(error)) throw explainError(error, file)
    throw new LedgerError('locked', describe(state, owner))
  }
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')
}

function ownerIn(db: Database): Owner | undefined {
  try {
    return db.prepare<[], Owner>('SELECT pid, host, since FROM owner').get()
  } catch {
    // it is only just being taken
    return undefined
  }
}

function describe(state: string, owner: Owner | undefined): string {
  const who = owner ? ` (process ${owner.pid} on ${owner.host}, since ${owner.since})` : ''
  return `a worker is running on ${state} already${who}; stop it first, or give this one another \`state\``
}
