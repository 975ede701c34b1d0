import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type DocumentMessage, RunRouter } from '@prompt-papermill/core'
import {
  type CatchUpMark,
  type CatchUpMemory,
  type CatchUpPass,
  TiledCatchUp,
  TiledClient,
} from '@prompt-papermill/core/tiled'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { hasTiled, TiledServer } from '../../support/tiled-server.js'

describe.skipIf(!hasTiled)('runs from a Tiled server', { timeout: 180_000 }, () => {
  let folder: string
  let server: TiledServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'papermill-tiled-'))
    server = await TiledServer.start(folder)
  }, 180_000)
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const access = () => ({ url: server.url, apiKey: server.apiKey })

  /** Remembers what a router has decided, as a ledger does. */
  function ledger(from: number | null = null) {
    const done = new Set<string>()
    const memory: CatchUpMemory & { done: Set<string>; at: CatchUpMark | null } = {
      done,
      at: from === null ? null : { from, upTo: from },
      known: (uids) => Promise.resolve(new Set(uids.filter((uid) => done.has(uid)))),
      mark: () => Promise.resolve(memory.at),
      setMark: (mark) => {
        memory.at = mark
        return Promise.resolve()
      },
    }
    return memory
  }

  function catchUp(memory: CatchUpMemory, router = new RunRouter()) {
    const source = new TiledCatchUp({ ...access(), settle: 0, every: 60_000 }, memory)
    source.subscribe(router)
    onTestFinished(() => source.stop())
    return { source, router }
  }

  it('has the documents that were written, but for what the server does not keep', async () => {
    const written = await server.measure(['scan', 'arrays'])
    const from = Number(written[0]?.[1].time)
    const memory = ledger(from)
    const { source } = catchUp(memory)
    const seen: DocumentMessage[] = []
    source.subscribe((name, doc) => seen.push({ name, doc } as DocumentMessage))
    await source.start()
    const pass = await source.check()

    expect(pass.delivered).toHaveLength(2)
    const start = (uid: unknown) => written.find(([, doc]) => doc.uid === uid)?.[1]
    for (const { name, doc } of seen) {
      if (name === 'start' || name === 'stop') expect(doc).toEqual(start(doc.uid))
      if (name === 'descriptor') {
        const { object_keys: _, ...kept } = start(doc.uid) as Record<string, unknown>
        const { dtype_numpy: __, ...rest } = doc as unknown as Record<string, unknown>
        expect(rest).toMatchObject({ uid: kept.uid, name: 'primary', run_start: kept.run_start })
        expect(Object.keys(doc.data_keys)).toEqual(Object.keys(kept.data_keys as object))
      }
    }
    const events = written.filter(([name]) => name === 'event').map(([, doc]) => doc)
    const rows = seen.flatMap(({ name, doc }) =>
      name === 'event_page'
        ? doc.seq_num.map((seqNum, i) => ({
            descriptor: doc.descriptor,
            seq_num: seqNum,
            time: doc.time[i],
            data: Object.fromEntries(Object.entries(doc.data).map(([key, all]) => [key, all[i]])),
          }))
        : [],
    )
    expect(rows).toEqual(
      events.map(({ descriptor, seq_num, time, data }) => ({ descriptor, seq_num, time, data })),
    )
  })

  it('delivers each run that is not known once, complete, in pages', async () => {
    const written = await server.measure(['long', 'count*2'])
    const from = Number(written[0]?.[1].time)
    const memory = ledger(from)
    const { source, router } = catchUp(memory)
    const complete: boolean[] = []
    router.events.on('decided', ({ run }) => {
      memory.done.add(run.uid)
      complete.push(run.complete)
    })
    await source.start()
    expect((await source.check()).delivered).toHaveLength(3)
    await router.decided()
    expect(complete).toEqual([true, true, true])
    const again = await source.check()
    expect(again.delivered).toEqual([])
    expect(memory.at?.upTo).toBe(Number(written.at(-1)?.[1].time))
  })

  it('leaves alone what was measured before the first start', async () => {
    await server.measure(['count'])
    const memory = ledger()
    const { source } = catchUp(memory)
    await source.start()
    expect(await source.check()).toMatchObject({ delivered: [], waiting: 0 })
    expect(memory.at).not.toBeNull()
  })

  it('gives up a run that never becomes known, says so once, and moves on', async () => {
    const written = await server.measure(['count'])
    const memory = ledger(Number(written[0]?.[1].time))
    const { source } = catchUp(memory)
    await source.start()
    const uid = String(written[0]?.[1].uid)
    const passes: CatchUpPass[] = []
    source.passes.on('pass', (pass) => passes.push(pass))
    for (let i = 0; i < 5; i += 1) await source.check()
    expect(passes.flatMap(({ delivered }) => delivered)).toEqual([uid, uid, uid])
    expect(passes.flatMap(({ givenUp }) => givenUp)).toEqual([uid])
    expect(memory.at?.upTo).toBe(Number(written.at(-1)?.[1].time))
  })

  it('gives a run that has just stopped time to come by itself, and stays before it meanwhile', async () => {
    const written = await server.measure(['count*2'])
    const memory = ledger(Number(written[0]?.[1].time))
    const stops = written.filter(([name]) => name === 'stop').map(([, doc]) => doc)
    // the second came by itself already
    memory.done.add(String(stops[1]?.run_start))
    const source = new TiledCatchUp({ ...access(), settle: 3_600_000 }, memory)
    onTestFinished(() => source.stop())
    await source.start()
    expect(await source.check()).toMatchObject({ delivered: [], waiting: 1, found: 2 })
    expect(memory.at?.upTo).toBe(Number(stops[0]?.time))
  })

  it('says that a key is wrong, and which way out there is', async () => {
    const client = new TiledClient({ url: server.url, apiKey: 'wrong' })
    await expect(client.run('x')).rejects.toMatchObject({
      code: 'connection',
      message: expect.stringMatching(/401.*API key/u) as string,
    })
  })

  it('says when the server is away, and goes on when it is back', async () => {
    const memory = ledger(Date.now() / 1000)
    const { source } = catchUp(memory)
    await source.start()
    await source.check()
    expect(source.connected).toBe(true)
    await server.stop()
    const refused = new Promise((resolve) =>
      source.once('refused', (_, reason) => resolve(reason.message)),
    )
    await expect(source.check()).rejects.toMatchObject({ code: 'connection' })
    expect(await refused).toMatch(/can't be reached.*is it running/u)
    expect(source.connected).toBe(false)
    await server.restart()
    await source.check()
    expect(source.connected).toBe(true)
  })

  it('finds one run, and knows that there is no other', async () => {
    const [start] = await server.measure(['count'])
    const client = new TiledClient(access())
    const uid = String(start?.[1].uid)
    expect(await client.run(uid)).toMatchObject({ uid, stop: { exit_status: 'success' } })
    expect(await client.run('no-such-run')).toBeNull()
  })

  it('refuses an address that is none', () => {
    expect(() => new TiledClient({ url: 'localhost' })).toThrow(/http:\/\/host:port/u)
  })
})
