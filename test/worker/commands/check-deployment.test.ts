import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { makeConfig } from '@prompt-papermill/worker'
import { describe, expect, it, onTestFinished } from 'vitest'

import { checkLogs } from '../../../packages/worker/src/commands/check/logs.ts'
import { checkStateLock } from '../../../packages/worker/src/commands/check/state-lock.ts'
import { checkWebhooks } from '../../../packages/worker/src/commands/check/webhooks.ts'
import { writeDeployment } from '../../../packages/worker/src/commands/init/deployment.ts'
import { openedLedger } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { watchedWorker } from '../metrics/support.ts'
import { Receiver, secret } from '../webhooks/receiver.ts'

const configIn = async (given: object = {}) => {
  const folder = await temporaryFolder()
  return makeConfig({ templates: 't', results: 'r', ...given }, join(folder, 'worker.yml'))
}

describe('the check of the state folder', () => {
  it('finds one that another worker has which does not answer, and says which process', async () => {
    const { state } = await openedLedger()
    const { verdict, message } = await checkStateLock(await configIn({ state }))
    expect(verdict).toBe('fail')
    expect(message).toContain(`a worker is running on ${state} already (process ${process.pid}`)
    expect(message).toContain('does not answer on its control socket')
  })

  it('is content with the worker that runs there', async () => {
    const { worker } = await watchedWorker()
    expect(await checkStateLock(worker.config)).toMatchObject({
      verdict: 'ok',
      message: `a worker is running on ${worker.config.state}`,
    })
  })

  it('leaves nothing behind where none has run, and the folder free where one has', async () => {
    const config = await configIn()
    expect((await checkStateLock(config)).message).toBe('no worker has run here')
    await expect(access(config.state)).rejects.toThrow('ENOENT')
    const { ledger, state } = await openedLedger()
    await ledger.close()
    const used = await configIn({ state })
    expect((await checkStateLock(used)).message).toBe(`no worker has ${state}`)
    expect((await checkStateLock(used)).verdict).toBe('ok')
  })
})

describe('the check of the logs', () => {
  it('finds that the folder of a deployment’s logs is missing', async () => {
    const dir = await temporaryFolder()
    await writeDeployment({ dir, prefix: dir })
    const config = makeConfig({ templates: 't', results: 'r' }, join(dir, 'papermill/worker.yml'))
    expect(await checkLogs(config)).toEqual([
      { subject: 'logs', verdict: 'ok', message: join(dir, 'log') },
    ])
    await rm(join(dir, 'log'), { recursive: true })
    expect(await checkLogs(config)).toMatchObject([
      { verdict: 'fail', message: expect.stringContaining(`${dir}/log can't be seen`) as string },
    ])
    await writeFile(join(dir, 'log'), '')
    expect(await checkLogs(config)).toMatchObject([
      { verdict: 'fail', message: `${dir}/log is no folder` },
    ])
  })

  it('has nothing to say of a config that is part of no deployment', async () => {
    const config = await configIn()
    await mkdir(dirname(config.file), { recursive: true })
    expect(await checkLogs(config)).toEqual([])
  })
})

describe('the check of webhooks', () => {
  it('looks whether somebody listens, and sends nothing', async () => {
    const receiver = await Receiver.start()
    onTestFinished(() => expect(receiver.received).toEqual([]))
    const config = await configIn({
      webhooks: [
        { name: 'there', url: receiver.url, secret },
        { name: 'away', url: 'http://127.0.0.1:9/?token=hush', secret },
      ],
    })
    const [there, away] = await checkWebhooks(config)
    expect(there).toMatchObject({ subject: 'webhook there', verdict: 'ok' })
    expect(away).toMatchObject({ subject: 'webhook away', verdict: 'warn' })
    expect(away!.message).toMatch(/^127\.0\.0\.1:9 can't be reached \(.*ECONNREFUSED/u)
    expect(away!.message).not.toContain('hush')
  })
})
