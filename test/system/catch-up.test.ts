import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { DocumentMessage } from '@prompt-papermill/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { withLedger } from '../../packages/worker/src/ledger/open-reader.ts'
import { Deployment, publisher } from '../support/command-line.ts'
import { allEnded, Effects } from '../support/effects.ts'
import { frameOf } from '../support/frames.ts'
import { measured } from '../support/measured.ts'
import { hasTiled, TiledServer } from '../support/tiled-server.ts'

type Run = readonly DocumentMessage[]

describe.skipIf(!hasTiled)('a worker that missed runs', { timeout: 400_000 }, () => {
  let folder: string
  let server: TiledServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'papermill-catch-up-'))
    server = await TiledServer.start(folder)
  }, 180_000)
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  /** A deployment that hears of runs over 0MQ and catches up from the server. */
  async function deployed(tiled = 'every: 1s, settle: 1s') {
    const from = await publisher()
    const deployment = new Deployment('')
    const effects = await Effects.in(deployment.folder)
    await deployment.written
    deployment.write(`
source: { address: "${from.address}" }
tiled: { url: "${server.url}", key: "\${TILED_API_KEY}", ${tiled} }
http: false
kernels: { warm: 0 }
${effects.config}
`)
    const start = () => deployment.start({ TILED_API_KEY: server.apiKey })
    return { from, deployment, effects, start }
  }

  const originsIn = (deployment: Deployment, uids: readonly string[]) =>
    withLedger(deployment.state, (ledger) =>
      Promise.all(uids.map(async (uid) => (await ledger.run(uid))?.run.origin)),
    )

  it('analyses all 50 that completed while it was down, each once', async () => {
    const { deployment, effects, start } = await deployed()
    await (await start()).end()
    const { uids } = await measured(server, ['count*50'])
    const worker = await start()
    const jobs = await allEnded(deployment, 50)
    expect(jobs.map(({ uid }) => uid).sort()).toEqual([...uids].sort())
    expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['succeeded']))
    expect(effects.list.map(({ uid }) => uid).sort()).toEqual([...uids].sort())
    expect(effects.list.every(({ complete, origin }) => complete && origin === 'catch-up')).toBe(
      true,
    )
    expect(new Set(await originsIn(deployment, uids))).toEqual(new Set(['catch-up']))
    const runs = await deployment.runs()
    expect(new Set(runs.map(({ complete }) => complete))).toEqual(new Set([true]))
    const { stderr } = await worker.end()
    expect(stderr).not.toContain(server.apiKey)
  })

  it('analyses each once, though it is killed again and again while it catches up', async () => {
    const { deployment, effects, start } = await deployed()
    await (await start()).end()
    const { uids } = await measured(server, ['count*50'])
    for (const enough of [1, 12, 25, 40]) {
      const worker = await start()
      await deployment.jobsWhen((jobs) => jobs.length >= enough)
      await pause(Math.random() * 300)
      await worker.end('SIGKILL')
    }
    const worker = await start()
    const jobs = await allEnded(deployment, 50)
    expect(jobs.map(({ uid }) => uid).sort()).toEqual([...uids].sort())
    expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['succeeded']))
    // one that was killed between its file and its end is attempted again, as any job is
    expect([...new Set(effects.list.map(({ uid }) => uid))].sort()).toEqual([...uids].sort())
    expect(effects.list.length).toBeLessThan(50 + 4 * 2 + 1)
    await worker.end()
  })

  it('takes a run whose Run Stop was lost once a gap tells of losses, and its late Run Stop for nothing new', async () => {
    // between its start and a loss it does not look
    const { from, deployment, effects, start } = await deployed('every: 1h, settle: 1s')
    const joined = from.joined()
    const worker = await start()
    await joined
    const { uids, runs } = await measured(server, ['count*2', 'scan'])
    const [lost, heard, torn] = runs as unknown as readonly [Run, Run, Run]
    const send = (messages: Run) => from.send(messages.map((message) => frameOf(message)))
    await send(lost.filter(({ name }) => name !== 'stop'))
    await send(heard)
    await send(torn.filter(({ name, doc }) => !(name === 'event' && doc.seq_num === 2)))
    await allEnded(deployment, 3)
    expect(await originsIn(deployment, uids)).toEqual(['catch-up', undefined, undefined])

    await send(lost.filter(({ name }) => name === 'stop'))
    const { uids: later, messages: more } = await measured(server, ['count'])
    await send(more)
    const jobs = await allEnded(deployment, 4)
    expect(jobs.map(({ uid }) => uid).sort()).toEqual([...uids, ...later].sort())
    expect(effects.list.map(({ uid }) => uid).sort()).toEqual([...uids, ...later].sort())
    const incomplete = effects.list.filter(({ complete }) => !complete).map(({ uid }) => uid)
    expect(incomplete).toEqual([uids[2]])
    await worker.end()
  })
})
