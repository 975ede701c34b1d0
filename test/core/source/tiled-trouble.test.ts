import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { type DocumentMessage, RunRouter } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import {
  type CatchUpMark,
  type CatchUpMemory,
  type CatchUpOptions,
  TiledCatchUp,
} from '@prompt-papermill/core/tiled'
import { describe, expect, it, onTestFinished } from 'vitest'

/** What a server has of a run. */
interface ServedRun {
  readonly start: Record<string, unknown>
  readonly stop: Record<string, unknown>
}

/** A run without streams that stopped at a time. */
function servedRun(time: unknown): ServedRun {
  const { messages } = makeRunDocuments({ events: {} })
  const doc = (name: string) => messages.find((message) => message.name === name)?.doc as object
  return { start: { ...doc('start') }, stop: { ...doc('stop'), time } }
}

/** Answers as a Tiled server whose runs have no streams; what is below some of them can't be read. */
async function serve(runs: readonly ServedRun[], unreadable: ReadonlySet<unknown> = new Set()) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(String(request.url), 'http://x')
    asked.push(pathname)
    const uid = pathname.split('/search/raw/')[1]
    if (unreadable.has(uid)) response.statusCode = 500
    const data = runs.map(({ start, stop }) => ({
      id: start.uid,
      attributes: { metadata: { start, stop } },
    }))
    response.end(JSON.stringify({ data: uid === undefined ? data : [] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked }
}

/** A catch-up whose memory a test looks into. */
function catchUp(url: string, options: Partial<CatchUpOptions> = {}) {
  const done = new Set<string>()
  const replaced: string[] = []
  let mark: CatchUpMark = { from: 0, upTo: 0 }
  const memory: CatchUpMemory = {
    known: (uids) => Promise.resolve(new Set(uids.filter((uid) => done.has(uid)))),
    mark: () => Promise.resolve(mark),
    setMark: (further) => {
      mark = further
      return Promise.resolve()
    },
    replace: (uid) => void replaced.push(uid),
  }
  const source = new TiledCatchUp({ url, settle: 0, ...options }, memory)
  onTestFinished(() => source.stop())
  const seen: DocumentMessage[] = []
  source.subscribe((name, doc) => seen.push({ name, doc } as DocumentMessage))
  const dropped: string[] = []
  source.on('dropped', ({ message }) => dropped.push(message))
  return { source, memory, done, replaced, seen, dropped, mark: () => mark }
}

const uidOf = ({ start }: ServedRun): string => String(start.uid)

describe('a catch-up', () => {
  it('is not led past the present by a clock that is years ahead', async () => {
    const [ahead, good] = [servedRun(Date.now() / 1000 + 1e9), servedRun(1000)]
    const { url } = await serve([good, ahead])
    const { source, done, mark } = catchUp(url)
    done.add(uidOf(ahead)).add(uidOf(good))
    await source.start()
    await source.check()
    expect(mark().upTo).toBeGreaterThan(1000)
    expect(mark().upTo).toBeLessThan(Date.now() / 1000 + 1)
  })

  it('leaves out a run whose stop has no time, and goes on with the others', async () => {
    const [odd, good] = [servedRun('yesterday'), servedRun(1000)]
    const { url } = await serve([odd, good])
    const { source, done, mark } = catchUp(url)
    await source.start()
    expect(await source.check()).toMatchObject({ found: 1, delivered: [uidOf(good)] })
    done.add(uidOf(good))
    await source.check()
    expect(mark().upTo).toBe(1000)
  })

  it('is not held up by a run that can’t be read, and at last tells what is known of it', async () => {
    const [bad, good] = [servedRun(1000), servedRun(2000)]
    const { url } = await serve([bad, good], new Set([uidOf(bad)]))
    const { source, done, seen, dropped, mark } = catchUp(url, { readTries: 3 })
    await source.start()
    expect(await source.check()).toMatchObject({ failed: [uidOf(bad)], delivered: [uidOf(good)] })
    done.add(uidOf(good))
    expect(mark().upTo).toBe(1000)
    expect(await source.check()).toMatchObject({ failed: [uidOf(bad)], delivered: [] })
    expect(await source.check()).toMatchObject({ failed: [], delivered: [uidOf(bad)] })
    expect(seen.slice(-2)).toEqual([
      { name: 'start', doc: bad.start },
      { name: 'stop', doc: bad.stop },
    ])
    done.add(uidOf(bad))
    await source.check()
    expect(mark().upTo).toBe(2000)
    expect(dropped).toHaveLength(3)
    expect(dropped[0]).toMatch(new RegExp(`${uidOf(bad)}.*500.*tried again`, 'u'))
    expect(dropped[2]).toContain('only its Run Start and Run Stop are used')
  })

  it('has what is half known of a run forgotten right before it comes', async () => {
    const run = servedRun(1000)
    const { url } = await serve([run])
    const { source, replaced } = catchUp(url)
    const router = new RunRouter()
    router.dispatch({ name: 'start', doc: run.start as never })
    source.subscribe(router)
    await source.start()
    await source.check()
    expect(replaced).toEqual([uidOf(run)])
  })

  it('starts though its memory can’t be asked, says so, and looks once it can', async () => {
    const run = servedRun(1000)
    const { url } = await serve([run])
    const { source, memory } = catchUp(url)
    const { mark } = memory
    memory.mark = () => Promise.reject(new Error('the disk is full'))
    const refused: string[] = []
    source.on('refused', (_, { message }) => refused.push(message))
    await source.start()
    expect(refused).toEqual([expect.stringContaining('the disk is full')])
    await expect(source.check()).rejects.toThrow('the disk is full')
    memory.mark = mark
    expect(await source.check()).toMatchObject({ delivered: [uidOf(run)] })
  })

  it('looks again by itself for a run that a look from outside found first', async () => {
    const run = servedRun(1000)
    const runs: ServedRun[] = []
    const { url } = await serve(runs)
    const { source } = catchUp(url, { settle: 600, every: 3_600_000 })
    const passes: (readonly string[])[] = []
    const delivered = new Promise<void>((resolve) => {
      source.passes.on('pass', (pass) => {
        passes.push(pass.delivered)
        if (pass.delivered.length > 0) resolve()
      })
    })
    await source.start()
    await source.check()
    runs.push(run)
    // as after a gap; the next pass by its own would be in an hour
    expect(await source.check()).toMatchObject({ waiting: 1 })
    await delivered
    expect(passes.at(-1)).toEqual([uidOf(run)])
  })
})
