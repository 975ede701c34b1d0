import { existsSync } from 'node:fs'
import { join } from 'node:path'

import Sqlite, { type Database } from 'better-sqlite3'

import { explainError } from './explain-error.js'
import { checkVersion, migrate } from './migrate.js'

/** The ledger's file below the state folder. */
const ledgerName = 'ledger.sqlite'

/** How long is waited for another program that writes, in milliseconds. */
const busyTimeout = 5000

/** The ledger's file in a state folder. */
export function ledgerFile(state: string): string {
  return join(state, ledgerName)
}

/**
 * Opens a state folder's ledger for writing, and makes it if there is none. What is committed is on the disk
 * when the commit returns.
 *
 * @throws LedgerError.
 */
export function openForWriting(state: string): Database {
  return opening(state, (file) => {
    const db = new Sqlite(file, { timeout: busyTimeout })
    return prepared(db, () => {
      db.pragma('journal_mode = WAL')
      // better-sqlite3 has SQLite built with less for WAL
      db.pragma('synchronous = FULL')
      db.pragma('foreign_keys = ON')
      db.pragma('journal_size_limit = 67108864')
      migrate(db)
    })
  })
}

/**
 * Opens a state folder's ledger for reading, also while a worker writes to it.
 *
 * @returns null if there is none.
 * @throws LedgerError.
 */
export function openForReading(state: string): Database | null {
  if (!existsSync(ledgerFile(state))) return null
  return opening(state, (file) => {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: busyTimeout })
    return prepared(db, () => checkVersion(db))
  })
}

/**
 * Opens the ledger that a state folder has for a few changes, beside the worker that may run.
 *
 * @returns null if there is none.
 * @throws LedgerError.
 */
export function openForChanges(state: string): Database | null {
  if (!existsSync(ledgerFile(state))) return null
  return opening(state, (file) => {
    const db = new Sqlite(file, { fileMustExist: true, timeout: busyTimeout })
    return prepared(db, () => {
      db.pragma('synchronous = FULL')
      db.pragma('foreign_keys = ON')
      checkVersion(db)
    })
  })
}

/**
 * Proves that SQLite can be used at all; touches no file.
 *
 * @throws LedgerError `missing-library`.
 */
export function proveDatabase(): void {
  try {
    new Sqlite(':memory:').close()
  } catch (error) {
    throw explainError(error, ':memory:')
  }
}

function opening(state: string, open: (file: string) => Database): Database {
  const file = ledgerFile(state)
  try {
    return open(file)
  } catch (error) {
    throw explainError(error, file)
  }
}

function prepared(db: Database, prepare: () => void): Database {
  try {
    prepare()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}
