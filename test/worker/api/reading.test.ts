import { describe, expect, it } from 'vitest'

import { jobOf, stoppedRun } from '../../support/ledgers.ts'
import { json, served } from './support.ts'

describe('what is read', () => {
  it('is runs with their jobs, in pages, the newest first', async () => {
    const { ask, ledger } = await served()
    for (let scan = 2; scan <= 5; scan += 1) {
      const run = stoppedRun({ uid: `run-${scan}`, scan_id: scan, plan_name: 'count' })
      await ledger.received({ run, rules: [], jobs: [jobOf(run, { id: `job-${scan}` })] })
    }
    const first = await json(await ask('/api/v1/runs?limit=3'))
    expect(first).toMatchObject({
      runs: [{ uid: 'run-5', jobs: [{ id: 'job-5' }] }, { uid: 'run-4' }, { uid: 'run-3' }],
    })
    const second = await json(await ask(`/api/v1/runs?limit=3&after=${String(first.next)}`))
    expect(second).toMatchObject({
      runs: [{ uid: 'run-2' }, { uid: 'run-1', jobs: [{ state: 'running' }] }],
      next: null,
    })
    const failed = await json(await ask('/api/v1/runs?state=running&sample=silicon'))
    expect(failed).toMatchObject({ runs: [{ uid: 'run-1' }] })
  })

  it('is jobs of a run alone, also where another’s uid begins with its', async () => {
    const { ask, ledger } = await served()
    const run = stoppedRun({ uid: 'run-1-longer' })
    await ledger.received({ run, rules: [], jobs: [jobOf(run, { id: 'job-longer' })] })
    const detail = await json(await ask('/api/v1/runs/run-1'))
    expect(detail).toMatchObject({ jobs: [{ id: 'job-1' }] })
  })

  it('is one run with its documents in brief, and whole where that is asked', async () => {
    const { ask, ledger } = await served()
    const metadata = { comment: 'x'.repeat(10_000), list: Array.from({ length: 500 }, () => 1) }
    const run = stoppedRun({ uid: 'long', metadata })
    await ledger.received({ run, rules: [], jobs: [] })
    const { start } = (await json(await ask('/api/v1/runs/long'))) as {
      start: { comment: string; list: unknown[] }
    }
    expect(start.comment).toMatch(/^x{2000}… \(10000 characters\)$/u)
    expect([start.list.length, start.list.at(-1)]).toEqual([51, '… 450 more'])
    const whole = await json(await ask('/api/v1/runs/long/documents'))
    expect(whole).toMatchObject({ start: { uid: 'long', comment: metadata.comment } })
  })

  it('is integers as they are, however big, and what JSON has no form for as text', async () => {
    const { ask, ledger } = await served()
    const metadata = { big: 2n ** 70n, gap: NaN, at: new Uint8Array(5) }
    const run = stoppedRun({ uid: 'odd', metadata })
    await ledger.received({ run, rules: [], jobs: [] })
    const { start } = await json(await ask('/api/v1/runs/odd'))
    expect(start).toMatchObject({ big: '1180591620717411303424', gap: 'NaN', at: '5 bytes' })
  })
})
