import { chmod, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BlueskyError } from '@prompt-papermill/core'
import { FakeSource } from '@prompt-papermill/core/testing'
import type { Health } from '@prompt-papermill/worker'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { problemOfProgram, programsOf } from '../../../packages/worker/src/health/pythons.ts'
import { LastDocument } from '../../../packages/worker/src/alarm/last-document.ts'
import { SourceStates } from '../../../packages/worker/src/health/source-states.ts'
import { type Watched, WatchHealth } from '../../../packages/worker/src/health/watch-health.ts'
import { canMount, smallDisk } from '../../support/small-disk.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { ask, runThrough, watchedConfig, watchedWorker } from '../metrics/support.ts'

type Running = Awaited<ReturnType<typeof watchedWorker>>

async function readyz({ worker }: Running): Promise<{ status: number; health: Health }> {
  const { status, text } = await ask(worker, '/readyz')
  return { status, health: JSON.parse(text) as Health }
}

/** What `/readyz` answers once it has a status. */
function whenReadyIs(watched: Running, wanted: number): Promise<Health> {
  return vi.waitFor(
    async () => {
      const { status, health } = await readyz(watched)
      expect(status).toBe(wanted)
      return health
    },
    { timeout: 20_000, interval: 100 },
  )
}

describe('what is told of a worker’s health', () => {
  it('names each part that it needs, and when the last document came', async () => {
    const watched = await watchedWorker()
    expect((await readyz(watched)).health).toMatchObject({
      last_document_at: null,
      last_document_seconds: null,
    })
    await runThrough(watched.worker, watched.source)
    const { status, health } = await readyz(watched)
    expect(status).toBe(200)
    expect(health.parts.map(({ part, ok, trouble }) => [part, ok, trouble])).toEqual([
      ['source', true, null],
      ['ledger', true, null],
      ['results', true, null],
    ])
    expect(health.last_document_seconds).toBeLessThan(10)
    expect(Date.now() - Date.parse(health.last_document_at!)).toBeLessThan(10_000)
  })

  it('is not ready while a source is not connected, but alive', async () => {
    const watched = await watchedWorker()
    await watched.source.stop()
    const { status, health } = await readyz(watched)
    expect(status).toBe(503)
    expect(health.troubles).toEqual([expect.stringContaining('a fake source has not been reached')])
    expect((await ask(watched.worker, '/healthz')).status).toBe(200)
  })

  it('is not ready while the results folder is gone, and is when it is back', async () => {
    const watched = await watchedWorker()
    const { root } = watched.worker.config.results
    await rename(root, `${root}-away`)
    const health = await whenReadyIs(watched, 503)
    expect(health.troubles).toEqual([expect.stringContaining(`${root} is gone`)])
    await rename(`${root}-away`, root)
    expect((await whenReadyIs(watched, 200)).troubles).toEqual([])
  })

  it.skipIf(!canMount)('is not ready while the disk of the results is full', async () => {
    const disk = await smallDisk('1m')
    const watched = await watchedWorker({ results: `${disk.path}/results` })
    await whenReadyIs(watched, 200)
    await disk.fill()
    const health = await whenReadyIs(watched, 503)
    expect(health.troubles).toEqual([expect.stringMatching(/results.*disk is full; make room/u)])
    await disk.free()
    await whenReadyIs(watched, 200)
  })

  it.skipIf(!canMount)('is not ready while the ledger can’t be written', async () => {
    const disk = await smallDisk('2m')
    const watched = await watchedWorker({ state: disk.path })
    onTestFinished(() => disk.free().catch(() => undefined))
    await whenReadyIs(watched, 200)
    await disk.fill()
    const health = await whenReadyIs(watched, 503)
    expect(health.parts.find(({ part }) => part === 'ledger')).toMatchObject({
      ok: false,
      trouble: expect.stringContaining(disk.path) as string,
    })
    await disk.free()
    await whenReadyIs(watched, 200)
  })
})

describe('the kernels that are started ahead', () => {
  it('are in trouble while none can be started, and then the worker is not ready', async () => {
    const python = join(await temporaryFolder(), 'python')
    await writeFile(python, '#!/bin/sh\necho no papermill here >&2\nexit 1\n')
    await chmod(python, 0o755)
    const rules = [{ name: 'own', when: {}, notebooks: [{ template: 'a.ipynb', python }] }]
    const watched = await watchedWorker({ rules, kernels: { warm: 1, preload: [] } })
    expect((await whenReadyIs(watched, 503)).parts).toContainEqual({
      part: 'python',
      what: python,
      ok: false,
      trouble: expect.stringMatching(/^a warm kernel could not be started: .*exited with code 1/u),
    })
  })
})

describe('the connections of a source', () => {
  it('are told address by address, with what to do', () => {
    class Two extends FakeSource {
      override get connected(): boolean {
        return false
      }
    }
    const source = new Two()
    const states = new SourceStates(source)
    source.emit('connected', 'tcp://a:1')
    source.emit('connected', 'tcp://b:2')
    source.emit('disconnected', 'tcp://a:1')
    source.emit('refused', 'tcp://b:2', new BlueskyError('connection', 'b refuses: do this'))
    expect(states.addresses).toMatchObject([
      { address: 'tcp://a:1', state: 'disconnected' },
      { address: 'tcp://b:2', state: 'refused', trouble: 'b refuses: do this' },
    ])
    expect(states.trouble).toMatch(/connection to tcp:\/\/a:1 is lost; see that.*; b refuses/u)
    source.emit('connected', 'tcp://b:2')
    expect(states.addresses[1]).toEqual({
      address: 'tcp://b:2',
      state: 'connected',
      trouble: null,
    })
  })
})

/** The health of a worker that has only what is given. */
function healthWith(parts: Partial<Record<keyof Watched, unknown>>): WatchHealth {
  const watched = {
    ...{ sources: [], ledger: { trouble: null }, queue: {}, performs: false },
    ...{ results: { trouble: null, look: () => Promise.resolve(null) }, alarm: () => null },
    ...{ rules: { kernels: { troubles: new Map() } }, lastDocument: new LastDocument() },
    router: { openRuns: [], queue: { paused: false } },
    config: () => ({ results: { root: tmpdir() }, state: '/s' }),
    ...parts,
  }
  return new WatchHealth(watched as unknown as Watched, { limit: 20 })
}

it('a queue that has trouble keeps the worker from being ready, and one that can have none is no part', () => {
  const partsWith = (queue: object): Health => healthWith({ queue }).health()
  expect(partsWith({}).parts.map(({ part }) => part)).toEqual(['ledger', 'results'])
  expect(partsWith({ trouble: null }).ready).toBe(true)
  const { ready, troubles } = partsWith({ trouble: 'Redis does not answer' })
  expect([ready, troubles]).toEqual([false, ['Redis does not answer']])
})

it('a ledger whose disk hangs is told in bounded time', async () => {
  const ledger = { trouble: null, writable: () => new Promise(() => undefined) }
  const { ready, troubles } = await healthWith({ ledger }).probe()
  expect(ready).toBe(false)
  expect(troubles).toEqual([expect.stringContaining('the ledger in /s gives no answer within')])
})

describe('what starts notebooks', () => {
  it('is each Python that a notebook of the rules has, or its launcher', async () => {
    const rules = [
      {
        name: 'one',
        when: {},
        notebooks: [
          { template: 'a.ipynb' },
          { template: 'b.ipynb', python: '/other/python' },
          { template: 'c.ipynb', launcher: ['srun', '-n1'] },
        ],
      },
    ]
    const config = await watchedConfig({ python: '/own/python', rules })
    expect([...programsOf(config)]).toEqual(['/own/python', '/other/python', 'srun'])
    expect([...programsOf(await watchedConfig({ python: '/own/python' }))]).toEqual([])
  })

  it('is looked for by its path or on the PATH', async () => {
    expect(await problemOfProgram('sh')).toBe(null)
    expect(await problemOfProgram('/bin/sh')).toBe(null)
    expect(await problemOfProgram('/nowhere/python')).toContain(
      '/nowhere/python is not there or may not be executed',
    )
    expect(await problemOfProgram('no-such-python')).toContain('no-such-python is not there')
  })
})
