import { access } from 'node:fs/promises'
import { join } from 'node:path'

import type { Config } from '../../config/config.js'
import { isWorkerRunning } from '../../control/control-client.js'
import { LedgerError } from '../../ledger/ledger-error.js'
import { lockName, takeLock } from '../../ledger/sqlite/lock.js'
import { proveDatabase } from '../../ledger/sqlite/open-database.js'
import { type CheckResult, fail, ok } from './check-result.js'

/**
 * Proves that no other worker has the state folder, or that the one that has it answers. Makes no file: one of
 * another user would keep the worker out.
 */
export async function checkStateLock({ state }: Config): Promise<CheckResult> {
  if (await isWorkerRunning(state)) return ok('state lock', `a worker is running on ${state}`)
  try {
    proveDatabase()
    if (!(await isThere(join(state, lockName)))) return ok('state lock', 'no worker has run here')
    takeLock(state).release()
    return ok('state lock', `no worker has ${state}`)
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    if (error.code !== 'locked') return fail('state lock', error.message)
    return fail('state lock', `${error.message}. It does not answer on its control socket`)
  }
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
