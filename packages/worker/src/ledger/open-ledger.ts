import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { WorkerLogger } from '../log/logger.js'
import { WorkerRunningError } from './worker-running-error.js'
import { LedgerError } from './ledger-error.js'
import { PatientLedger } from './patient-ledger.js'
import { SqliteLedger } from './sqlite-ledger.js'

/** What an early version kept below the state folder in place of the database. */
const oldLedgerName = 'ledger.jsonl'

/**
 * Opens a state folder's ledger for the one worker that may write to it, and makes it if there is none.
 *
 * @throws WorkerRunningError if another worker has it, and LedgerError for what is wrong with the database.
 */
export async function openLedger(state: string, logger: WorkerLogger): Promise<PatientLedger> {
  await mkdir(state, { recursive: true })
  const ledger = await SqliteLedger.open(state).catch((error: unknown) => {
    if (!(error instanceof LedgerError && error.code === 'locked')) throw error
    throw new WorkerRunningError(state, error.message, { cause: error })
  })
  const old = join(state, oldLedgerName)
  await access(old).then(
    () =>
      logger.warn(
        { file: old },
        'a ledger of an early version lies here and is not read; replay its runs if they are to be known, and remove it',
      ),
    () => undefined,
  )
  return new PatientLedger(ledger, logger)
}
