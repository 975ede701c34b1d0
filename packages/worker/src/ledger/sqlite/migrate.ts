import type { Database } from 'better-sqlite3'

import { LedgerError } from '../ledger-error.js'
import { migrations as allMigrations } from './migrations/index.js'

/** The version of a database's layout: how many migrations it has had. */
export function versionOf(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number
}

/**
 * Brings a database to the newest layout, each step in a transaction of its own.
 *
 * @throws LedgerError `newer` if it has had more steps than are known here.
 */
export function migrate(db: Database, migrations: readonly string[] = allMigrations): void {
  const version = versionOf(db)
  refuseNewer(db, version, migrations)
  for (const [done, sql] of migrations.entries()) {
    if (done < version) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${done + 1}`)
    }).immediate()
  }
}

/**
 * Checks that a database that is only read has the layout that is known here.
 *
 * @throws LedgerError `older` or `newer`.
 */
export function checkVersion(db: Database, migrations: readonly string[] = allMigrations): void {
  const version = versionOf(db)
  refuseNewer(db, version, migrations)
  if (version < migrations.length) {
    throw new LedgerError(
      'older',
      `${db.name} was written by an older version of prompt-papermill (layout ${version}, this one reads ${migrations.length}); start the worker once, which brings it up to date`,
    )
  }
}

function refuseNewer(db: Database, version: number, migrations: readonly string[]): void {
  if (version <= migrations.length) return
  throw new LedgerError(
    'newer',
    `${db.name} was written by a newer version of prompt-papermill (layout ${version}, this one knows ${migrations.length}); install that version again, or give this one another \`state\``,
  )
}
