import { statSync } from 'node:fs'

import type { Database } from 'better-sqlite3'

import { LedgerError } from '../ledger-error.js'
import { explainError } from './explain-error.js'

/** What became of one call of a batch. */
export type Outcome = { readonly value: unknown } | { readonly error: LedgerError }

/**
 * Commits several calls in one transaction, so that they cost one wait for the disk. A call that fails is undone
 * alone; if the commit fails, all have.
 */
export class Batches {
  readonly #db: Database
  readonly #inode: number

  constructor(db: Database) {
    this.#db = db
    this.#inode = statSync(db.name).ino
  }

  commit(calls: readonly (() => unknown)[]): Outcome[] {
    const db = this.#db
    try {
      this.#checkPlace()
      db.exec('BEGIN IMMEDIATE')
      const outcomes = calls.map((call) => this.#attempt(call))
      db.exec('COMMIT')
      return outcomes
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK')
      const explained = explainError(error, db.name)
      return calls.map(() => ({ error: explained }))
    }
  }

  /** One call, undone alone if it is what fails; an error of the disk ends the whole transaction instead. */
  #attempt(call: () => unknown): Outcome {
    const db = this.#db
    db.exec('SAVEPOINT one')
    try {
      const value = call()
      db.exec('RELEASE one')
      return { value }
    } catch (error) {
      const explained = explainError(error, db.name)
      if (explained.passes || !db.inTransaction) throw explained
      db.exec('ROLLBACK TO one')
      db.exec('RELEASE one')
      return { error: explained }
    }
  }

  /** A file that was removed or moved can still be written to, and all of it would be lost. */
  #checkPlace(): void {
    const { name } = this.#db
    const there = statSync(name, { throwIfNoEntry: false })
    if (there?.ino === this.#inode) return
    throw new LedgerError(
      'gone',
      there
        ? `${name} is another file than the ledger that was opened; start the worker anew if that is meant`
        : `the ledger ${name} is gone: it was removed or moved, or its disk is not there; bring it back, or start the worker anew, with an empty ledger`,
    )
  }
}
