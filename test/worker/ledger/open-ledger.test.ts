import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { openLedger } from '../../../packages/worker/src/ledger/open-ledger.ts'
import { WorkerRunningError } from '../../../packages/worker/src/ledger/worker-running-error.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { openRunRecord } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('a worker’s ledger', () => {
  it('is made with its folder, and says nothing of it', async () => {
    const { logger, lines } = readLogger()
    const state = join(await temporaryFolder(), 'deep', 'state')
    const ledger = await openLedger(state, logger)
    onTestFinished(() => ledger.close())
    await ledger.opened(openRunRecord({ uid: 'a' }))
    expect((await ledger.runs()).rows).toHaveLength(1)
    expect(lines).toEqual([])
  })

  it('is another worker’s, which is told with who has it', async () => {
    const { logger } = readLogger()
    const state = await temporaryFolder()
    const ledger = await openLedger(state, logger)
    onTestFinished(() => ledger.close())
    const second = openLedger(state, logger)
    await expect(second).rejects.toBeInstanceOf(WorkerRunningError)
    await expect(second).rejects.toThrow(`process ${process.pid} on `)
  })

  it('is not what an early version left, which is said', async () => {
    const { logger, lines } = readLogger()
    const state = await temporaryFolder()
    await writeFile(join(state, 'ledger.jsonl'), '{}\n')
    const ledger = await openLedger(state, logger)
    onTestFinished(() => ledger.close())
    expect(lines.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/early version lies here and is not read; replay its runs/u),
    ])
  })
})
