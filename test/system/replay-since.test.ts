import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { publisher } from '../support/command-line.ts'
import { Effects } from '../support/effects.ts'
import { deploymentWith, measured } from '../support/measured.ts'
import { hasTiled, TiledServer } from '../support/tiled-server.ts'

describe.skipIf(!hasTiled)('reprocessing a beamtime', { timeout: 400_000 }, () => {
  let folder: string
  let server: TiledServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'papermill-replay-'))
    server = await TiledServer.start(folder)
  }, 180_000)
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it('takes the runs of a period from the data server, and says before how long it takes', async () => {
    const from = await publisher()
    const { uids, messages } = await measured(server, ['count*3', 'scan'])
    const deployment = await deploymentWith('')
    const effects = await Effects.in(deployment.folder)
    const rule = /(?<rule>\{ name: all.*\})\]/u.exec(effects.config)?.groups?.rule ?? ''
    const write = (rules: readonly string[]) =>
      deployment.write(
        [
          `source: { address: "${from.address}" }`,
          `tiled: { url: "${server.url}", key: ${server.apiKey}, every: false }`,
          'http: false\nkernels: { warm: 0 }\nactions: { quick: ./quick.mjs }',
          `rules: [${rules.join(', ')}]`,
        ].join('\n'),
      )
    write([rule])
    await deployment.written

    const dry = await deployment.command('replay', '--since', '1h', '--dry-run')
    expect(dry).toMatchObject({ exitCode: 0, stdout: '4 runs: 4 jobs would be made' })
    expect(dry.stderr).toContain('4 runs at http://')
    expect(dry.stderr).toContain('4 jobs of quick in a time unknown, since none has succeeded yet')
    expect(effects.list).toEqual([])

    const replayed = await deployment.command('replay', '--since', '1h')
    expect(replayed).toMatchObject({ exitCode: 0, stdout: '4 runs: 4 succeeded' })
    expect(replayed.stderr).toContain('(4 of 4)')
    expect(effects.list.map(({ uid }) => uid).sort()).toEqual([...uids].sort())
    expect(effects.list.every(({ complete, origin }) => complete && origin === 'replay')).toBe(true)

    write([rule, rule.replace('name: all', 'name: more')])
    await deployment.written
    const more = await deployment.command('replay', '--since', '1h', '--dry-run')
    expect(more.stdout).toBe('4 runs: 4 jobs would be made; 4 jobs skipped that the ledger has')
    expect(more.stderr).toContain('4 jobs in about 1 s, 2 at once')

    // before the last one stopped
    const stops = messages.flatMap(({ name, doc }) => (name === 'stop' ? [doc.time] : []))
    const until = new Date((stops[3] as number) * 1000).toISOString()
    const worker = await deployment.start()
    const part = await deployment.command('replay', '--since', '1h', '--until', until)
    expect(part.stderr).toContain('the worker on')
    expect(part).toMatchObject({
      exitCode: 0,
      stdout: '3 runs: 3 succeeded; 3 jobs skipped that the ledger has',
    })
    await worker.end()
  })

  it('is refused without a data server, and without anything to replay', async () => {
    const deployment = await deploymentWith('http: false')
    const since = await deployment.command('replay', '--since', '1h')
    expect([since.exitCode, since.stderr]).toEqual([
      1,
      expect.stringContaining('names none; give tiled: { url: … }'),
    ])
    const nothing = await deployment.command('replay')
    expect([nothing.exitCode, nothing.stderr]).toEqual([
      2,
      expect.stringContaining('give either recordings, or --since TIME'),
    ])
    const when = await deployment.command('replay', '--since', 'lately')
    expect([when.exitCode, when.stderr]).toEqual([2, expect.stringContaining('no time')])
  })
})
