import { makeConfig } from '@prompt-papermill/worker'
import { expect, it, vi } from 'vitest'

import { checkStateLock } from '../../../packages/worker/src/commands/check/state-lock.ts'
import { openForWriting } from '../../../packages/worker/src/ledger/sqlite/open-database.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

// what better-sqlite3 says where npm did not run its install script
vi.mock('better-sqlite3', () => ({
  default: function () {
    throw new Error('Could not locate the bindings file. Tried:\n → /a/better_sqlite3.node')
  },
}))

it('a ledger without the native part of its database is told by check and run, with what to do', async () => {
  const state = await temporaryFolder()
  const message = /no native part for this Node.*install the worker again.*--allow-scripts/u
  expect(() => openForWriting(state)).toThrow(message)
  const config = makeConfig({ templates: 't', results: 'r', state }, `${state}/worker.yml`)
  const { verdict, message: said } = await checkStateLock(config)
  expect(verdict).toBe('fail')
  expect(said).toMatch(message)
})
