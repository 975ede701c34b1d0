import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { Proxy } from '@prompt-papermill/core'
import { expect, it, onTestFinished } from 'vitest'
import { curveKeyPair } from 'zeromq'

import { checkSources } from '../../../packages/worker/src/commands/check/sources.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

it('check says whether the proxy answers, refuses or is not there', async () => {
  const folder = await temporaryFolder()
  const certificate = async (name: string): Promise<string> => {
    const { publicKey, secretKey } = curveKeyPair()
    const text = `curve\n    public-key = "${publicKey}"\n    secret-key = "${secretKey}"\n`
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const [server, client] = [await certificate('server'), await certificate('client')]
  const guarded = new Proxy(null, null, { outCurve: { secret: server, clientKeys: folder } })
  const open = new Proxy()
  onTestFinished(async () => {
    await Promise.all([guarded.stop(), open.stop()])
  })
  await Promise.all([guarded.start(), open.start()])
  const curve = { secret: client, server }
  const sources = [
    { address: open.outAddress },
    { address: guarded.outAddress, curve },
    { address: guarded.outAddress },
    { address: `ipc://${join(folder, 'nobody')}` },
  ]
  const results = await checkSources({ sources } as unknown as Parameters<typeof checkSources>[0])
  expect(results.map(({ subject }) => subject)).toEqual(
    sources.map(({ address }) => `source ${address}`),
  )
  expect(results.map(({ verdict }) => verdict)).toEqual(['ok', 'fail', 'fail', 'fail'])
  expect(results[1]?.message).toContain(`it doesn't take the key of ${client}`)
  expect(results[2]?.message).toContain('give curve: { secret, server }')
  expect(results[3]?.message).toContain('no 0MQ proxy answers within 5 s')
})
