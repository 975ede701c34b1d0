import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

import { LedgerError, type LedgerErrorCode } from '../ledger-error.js'

/** What SQLite's codes mean for a ledger, by their beginning; the first that fits counts. */
const meanings: readonly (readonly [string, LedgerErrorCode, (file: string) => string])[] = [
  [
    'SQLITE_FULL',
    'full',
    (file) =>
      `the disk of ${dirname(file)} is full, so the ledger can't be written; make room there`,
  ],
  [
    'SQLITE_CORRUPT',
    'corrupt',
    (file) =>
      `the ledger ${file} is damaged; stop the worker, move the file (with -wal and -shm) aside, and start with a copy of it from a backup, or with none`,
  ],
  [
    'SQLITE_NOTADB',
    'corrupt',
    (file) => `${file} is no ledger; move it aside, or give the worker another \`state\``,
  ],
  [
    'SQLITE_READONLY',
    'read-only',
    (file) =>
      `the ledger ${file} may not be written by this user, or its disk is read-only; look at its permissions and at the mount`,
  ],
  [
    'SQLITE_CANTOPEN',
    'gone',
    (file) =>
      `the ledger ${file} can't be opened; is the folder there, and may this user write in it?`,
  ],
  [
    'SQLITE_BUSY',
    'busy',
    (file) =>
      `another program has held the ledger ${file} for longer than is waited; end what has it open`,
  ],
  [
    'SQLITE_PROTOCOL',
    'busy',
    (file) => `another program holds the ledger ${file}; end what has it open`,
  ],
  [
    'SQLITE_IOERR',
    'io',
    (file) =>
      `the disk of ${dirname(file)} does not take what is written; look at the system's log (dmesg) and at the mount`,
  ],
]

const withoutNativePart =
  `better-sqlite3, in which the ledger is kept, has no native part for this Node (${process.version}, ` +
  `${process.platform}-${process.arch}): npm was kept from running its install script, or ran it for another Node; ` +
  'install the worker again with this Node, and with --allow-scripts=zeromq,better-sqlite3 where npm asks for that'

/**
 * An error of the database as a {@link LedgerError} that says what to do.
 *
 * @param file - the ledger's file.
 */
export function explainError(error: unknown, file: string): LedgerError {
  if (error instanceof LedgerError) return error
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  const folder = dirname(file)
  // better-sqlite3 looks for the folder itself
  if (error instanceof TypeError && !existsSync(folder)) {
    return new LedgerError('gone', `the folder ${folder} of the ledger is not there; make it`)
  }
  // what npm's install script fetches or builds
  if (code === 'ERR_DLOPEN_FAILED' || message.startsWith('Could not locate the bindings file')) {
    return new LedgerError('missing-library', withoutNativePart, { cause: error })
  }
  const meaning = meanings.find(([beginning]) => code.startsWith(beginning))
  if (!meaning) return new LedgerError('refused', message, { cause: error })
  const [, word, say] = meaning
  return new LedgerError(word, `${say(file)} (${code}: ${message})`, { cause: error })
}
