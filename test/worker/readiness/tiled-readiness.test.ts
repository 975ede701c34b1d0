import { Run } from '@prompt-papermill/core'
import type { TiledRun } from '@prompt-papermill/core/tiled'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ConfigError, makeConfig, makeRules } from '@prompt-papermill/worker'
import { tiledReadiness } from '../../../packages/worker/src/readiness/tiled-readiness.ts'

const { signal } = new AbortController()
const stop = { uid: 'b', time: 2, run_start: 'a', exit_status: 'success' } as const

/** A data server that has of each run what a test says. */
function serverWith(has: { run: TiledRun | null | Error }) {
  return {
    address: 'http://t/raw',
    run: () => (has.run instanceof Error ? Promise.reject(has.run) : Promise.resolve(has.run)),
  }
}

describe('waiting for the data server', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('ends with the run’s stop there, and not before', async () => {
    const has = { run: null as TiledRun | null }
    const readiness = tiledReadiness({ client: serverWith(has), fallback: null })
    expect(readiness.name).toBe('the run in http://t/raw')
    const check = () => readiness.check(new Run('a'), signal)
    expect(await check()).toEqual({ ready: false, message: 'it is not there yet' })
    has.run = { uid: 'a', start: { uid: 'a', time: 1 }, stop: null }
    expect(await check()).toEqual({ ready: false, message: 'its Run Stop is not there yet' })
    has.run = { ...has.run, stop }
    expect(await check()).toEqual({ ready: true })
  })

  it('ends at the limit with a fallback, each run for itself, also while the server is away', async () => {
    const has = { run: null as TiledRun | null | Error }
    const readiness = tiledReadiness({ client: serverWith(has), fallback: 60_000 })
    const check = (uid: string) => readiness.check(new Run(uid), signal)
    expect(await check('a')).toMatchObject({ ready: false })
    vi.advanceTimersByTime(59_000)
    has.run = new Error('the Tiled server is away')
    await expect(check('a')).rejects.toThrow(/is away/u)
    await expect(check('b')).rejects.toThrow(/is away/u)
    vi.advanceTimersByTime(1000)
    expect(await check('a')).toEqual({ ready: true })
    await expect(check('b')).rejects.toThrow(/is away/u)
  })

  it('knows for which runs it ended so', async () => {
    const has = { run: null as TiledRun | null }
    const readiness = tiledReadiness({ client: serverWith(has), fallback: 60_000 })
    const check = (uid: string) => readiness.check(new Run(uid), signal)
    await Promise.all([check('a'), check('b')])
    vi.advanceTimersByTime(30_000)
    has.run = { uid: 'b', start: { uid: 'b', time: 1 }, stop }
    await check('b')
    vi.advanceTimersByTime(40_000)
    has.run = null
    await check('a')
    expect(['a', 'b', 'c'].map((uid) => readiness.fellBack(uid))).toEqual([true, false, false])
    // as for a rerun of its job, once it got there
    has.run = { uid: 'a', start: { uid: 'a', time: 1 }, stop }
    await check('a')
    expect(readiness.fellBack('a')).toBe(false)
  })

  it('has no end of its own without one', async () => {
    const readiness = tiledReadiness({ client: serverWith({ run: null }), fallback: null })
    await readiness.check(new Run('a'), signal)
    vi.advanceTimersByTime(10_000_000)
    expect(await readiness.check(new Run('a'), signal)).toMatchObject({ ready: false })
  })
})

describe('`wait: tiled` in the config', () => {
  const rulesOf = (rule: object, tiled: object = { tiled: { url: 'http://t' } }) =>
    makeRules(
      makeConfig({
        ...{ templates: 't', results: 'r', wait: { limit: '1m' }, ...tiled },
        rules: [{ name: 'a', when: {}, ...rule }],
      }),
      new Map(),
    )
  const [template, documents] = ['a.ipynb', true]

  async function limits(rule: object): Promise<(number | undefined)[]> {
    const [{ entries, wait } = { entries: [], wait: undefined }] = rulesOf(rule)
    const list = typeof entries === 'function' ? await entries(new Run('a')) : entries
    return list.map((entry) => {
      const found = entry.wait ?? wait
      // all but the readiness goes into the ledger as JSON
      expect(Object.keys(found ?? {}).sort()).toEqual([
        'every',
        'factor',
        'for',
        'limit',
        'longest',
      ])
      return found?.limit
    })
  }

  it('falls back on the documents of the entries that have some, and skips the others', async () => {
    const notebooks = [{ template }, { name: 'own', template, documents }]
    expect(await limits({ wait: 'tiled', notebooks })).toEqual([60_000, 180_000])
    expect(await limits({ wait: { tiled: true }, notebooks })).toEqual([60_000, 180_000])
    expect(await limits({ wait: { tiled: true, fallback: 'skip' }, notebooks })).toEqual([
      60_000, 60_000,
    ])
    const own = [{ template, documents, wait: { all: [{ tiled: true }, { file: '/f' }] } }]
    expect(await limits({ notebooks: own })).toEqual([180_000])
    expect(await limits({ wait: { file: '/f' }, notebooks })).toEqual([60_000, 60_000])
  })

  it('is refused where it can’t be meant', () => {
    const refused = (rule: object, tiled?: object): string => {
      try {
        rulesOf(rule, tiled)
      } catch (error) {
        if (error instanceof ConfigError) return error.message
        throw error
      }
      return 'accepted'
    }
    const fallback = { tiled: true, fallback: 'documents' }
    expect(refused({ wait: 'tiled', notebooks: [{ template }] }, {})).toMatch(
      /rules\[0\]\.wait: .*there is none in the config; give tiled/u,
    )
    expect(refused({ notebooks: [{ template, wait: fallback }] })).toMatch(
      /notebooks\[0\]\.wait: .*needs `documents: true`/u,
    )
    expect(refused({ wait: { tiled: true, count: 2 }, notebooks: [{ template }] })).toMatch(
      /"count" means nothing to tiled/u,
    )
    expect(refused({ wait: 'tilde', notebooks: [{ template }] })).toMatch(/rules\[0\]\.wait/u)
  })
})
