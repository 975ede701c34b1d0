import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { hostname } from 'node:os'

import { describe, expect, it, onTestFinished } from 'vitest'

import { SqliteLedger } from '../../../packages/worker/src/ledger/sqlite-ledger.ts'
import { openedLedger } from '../../support/ledgers.ts'
import { root } from '../../support/python.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Another process that has a state folder's ledger; resolves once it has. */
async function holder(state: string) {
  const script = `
    import { Worker } from 'node:worker_threads'
    const thread = ${JSON.stringify(`${root}packages/worker/dist/ledger-thread.js`)}
    const worker = new Worker(thread, { workerData: { state: ${JSON.stringify(state)}, role: 'writer' }, execArgv: [] })
    worker.once('message', (first) => console.log(JSON.stringify(first)))
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  onTestFinished(kill)
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { pid: child.pid, said: JSON.parse(said.toString()) as object, kill }
}

describe('the lock of a ledger', () => {
  it('keeps out a second worker, and says who has it', async () => {
    const state = await temporaryFolder()
    const first = await holder(state)
    expect(first.said).toEqual({ open: true })
    const second = SqliteLedger.open(state)
    await expect(second).rejects.toMatchObject({ code: 'locked' })
    await expect(second).rejects.toThrow(
      `a worker is running on ${state} already (process ${first.pid} on ${hostname()}, since 20`,
    )
  })

  it('ends with the process that has it, however that ends', async () => {
    const state = await temporaryFolder()
    const first = await holder(state)
    await first.kill()
    const { ledger } = await openedLedger(state)
    expect(await ledger.writable()).toBeNull()
  })

  it('keeps out a second worker of the same process', async () => {
    const { ledger, state } = await openedLedger()
    await expect(SqliteLedger.open(state)).rejects.toThrow(`process ${process.pid} on`)
    await ledger.close()
    await openedLedger(state)
  })

  it('lets others read, and make a few changes beside', async () => {
    const { ledger, state } = await openedLedger()
    const beside = await SqliteLedger.openBeside(state)
    onTestFinished(() => beside.close())
    await beside.act({ who: 'ann', what: 'prune' })
    expect((await ledger.acts()).rows).toMatchObject([{ who: 'ann', what: 'prune' }])
  })
})
