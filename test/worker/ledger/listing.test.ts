import { describe, expect, it } from 'vitest'

import type { JobQuery, RunQuery } from '../../../packages/worker/src/ledger/queries.ts'
import type { SqliteLedger } from '../../../packages/worker/src/ledger/sqlite-ledger.ts'
import { jobOf, openedLedger, openRunRecord, running, stoppedRun } from '../../support/ledgers.ts'

/** A ledger with three runs that stopped, of two jobs each, and one that is open. */
async function filled(): Promise<SqliteLedger> {
  const { ledger } = await openedLedger()
  const runs = [
    stoppedRun({ uid: 'aaaa-1', plan_name: 'count', scan_id: 7, metadata: { sample_name: 'Öl' } }),
    stoppedRun({ uid: 'aaaa-2', plan_name: 'scan', metadata: { sample: { name: 'water 100%' } } }),
    stoppedRun({
      uid: 'bbbb-1',
      plan_name: 'scan',
      exit_status: 'fail',
      metadata: { scan_id: '7' },
    }),
  ]
  for (const [i, run] of runs.entries()) {
    const queuedAt = `2026-11-2${i}T10:00:00.000Z`
    const jobs = [
      jobOf(run, { id: `${run.uid}-x`, rule: 'first', entry: 'x', queuedAt }),
      jobOf(run, { id: `${run.uid}-y`, rule: 'second', entry: 'y', queuedAt }),
    ]
    await ledger.received({ run, rules: [], jobs })
    const failed = { state: 'failed', reason: 'cell-error', message: `Bad thing ${i}` } as const
    await ledger.status(running(jobs[1]!, { state: i === 1 ? { state: 'succeeded' } : failed }))
  }
  await ledger.opened(openRunRecord({ uid: 'cccc-1', plan_name: 'count' }))
  return ledger
}

describe('a list of jobs', () => {
  it('has those that are asked for, the newest first', async () => {
    const ledger = await filled()
    const ids = async (query: JobQuery): Promise<string[]> =>
      (await ledger.jobs(query)).rows.map(({ id }) => id)
    expect(await ids({})).toEqual(
      ['aaaa-1-x', 'aaaa-1-y', 'aaaa-2-x', 'aaaa-2-y', 'bbbb-1-x', 'bbbb-1-y'].reverse(),
    )
    expect(await ids({ uid: 'aaaa' })).toHaveLength(4)
    expect(await ids({ id: 'bbbb-1-x' })).toEqual(['bbbb-1-x'])
    expect(await ids({ state: 'failed' })).toEqual(['bbbb-1-y', 'aaaa-1-y'])
    expect(await ids({ state: ['succeeded', 'failed'], rule: 'second', uid: 'aaaa' })).toEqual([
      'aaaa-2-y',
      'aaaa-1-y',
    ])
    expect(await ids({ state: [] })).toEqual([])
    expect(await ids({ reason: 'cell-error', plan_name: 'scan' })).toEqual(['bbbb-1-y'])
    expect(await ids({ scan_id: '7', entry: 'x' })).toEqual(['bbbb-1-x', 'aaaa-1-x'])
    expect(await ids({ sample: 'water 100%', entry: 'x' })).toEqual(['aaaa-2-x'])
    expect(await ids({ since: '2026-11-21', until: '2026-11-22' })).toEqual([
      'aaaa-2-y',
      'aaaa-2-x',
    ])
    expect(await ids({ text: 'bad THING 2' })).toEqual(['bbbb-1-y'])
    expect(await ids({ text: 'öl' })).toEqual(['aaaa-1-y', 'aaaa-1-x'])
  })

  it('takes what is asked as it is, whatever it looks like', async () => {
    const ledger = await filled()
    for (const text of [`' OR 1=1 --`, '%', '_', '"', '\u0000', '\\', '*', '\u{10ffff}']) {
      const found = text === '%' ? 2 : 0
      expect((await ledger.jobs({ text })).rows, text).toHaveLength(found)
      for (const key of ['plan_name', 'sample', 'scan_id', 'state', 'rule', 'uid', 'id'] as const) {
        expect((await ledger.jobs({ [key]: text })).rows, `${key} ${text}`).toEqual([])
      }
    }
    await expect(ledger.jobs({ since: 'yesterday' })).rejects.toThrow('"yesterday" is no time')
  })

  it('comes in pages that neither skip nor repeat, also while jobs come', async () => {
    const { ledger } = await openedLedger()
    const add = async (n: number): Promise<void> => {
      const run = stoppedRun({ uid: `run-${n}` })
      await ledger.received({ run, rules: [], jobs: [jobOf(run, { id: `job-${n}` })] })
    }
    for (let n = 0; n < 10; n += 1) await add(n)
    const seen: string[] = []
    for (let after: string | undefined; ;) {
      const page = await ledger.jobs({ limit: 3, after })
      seen.push(...page.rows.map(({ id }) => id))
      if (page.next === null) break
      after = page.next
      await add(100 + seen.length)
    }
    expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => `job-${9 - i}`))
    const { rows } = await ledger.jobs({ limit: 2, order: 'oldest' })
    expect(rows.map(({ id }) => id)).toEqual(['job-0', 'job-1'])
    expect((await ledger.jobs({ after: 'nonsense' })).rows).toEqual([])
  })
})

describe('a list of runs', () => {
  it('has those that are asked for, the newest first, each with its jobs', async () => {
    const ledger = await filled()
    const uids = async (query: RunQuery): Promise<string[]> =>
      (await ledger.runs(query)).rows.map(({ uid }) => uid)
    expect(await uids({})).toEqual(['cccc-1', 'bbbb-1', 'aaaa-2', 'aaaa-1'])
    expect(await uids({ open: true })).toEqual(['cccc-1'])
    expect(await uids({ open: false, plan_name: 'count' })).toEqual(['aaaa-1'])
    expect(await uids({ exit_status: 'fail' })).toEqual(['bbbb-1'])
    expect(await uids({ state: 'succeeded' })).toEqual(['aaaa-2'])
    expect(await uids({ rule: 'nothing' })).toEqual([])
    expect(await uids({ text: 'BAD thing 0' })).toEqual(['aaaa-1'])
    expect(await uids({ until: '2000-01-01' })).toEqual([])
    const [run] = (await ledger.runs({ uid: 'aaaa-1' })).rows
    expect(run).toMatchObject({
      plan_name: 'count',
      scan_id: 7,
      sample: 'Öl',
      exit_status: 'success',
      complete: true,
      documents: 6,
      gaps: [],
      jobs: ['aaaa-1-x', 'aaaa-1-y'],
    })
  })

  it('shows values of documents that break the schema as they are', async () => {
    const { ledger } = await openedLedger()
    const odd = { plan_name: 5, scan_id: 2n ** 64n, sample_name: ['a'] } as never
    const run = stoppedRun({ uid: 'odd', metadata: odd })
    await ledger.received({ run, rules: [], jobs: [] })
    expect((await ledger.runs()).rows).toMatchObject([
      { plan_name: '5', scan_id: 2n ** 64n, sample: null },
    ])
    expect((await ledger.runs({ scan_id: '18446744073709551616' })).rows).toHaveLength(1)
  })
})
