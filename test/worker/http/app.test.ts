import { describe, expect, it } from 'vitest'

import { readingApp } from '../../../packages/worker/src/http/app.ts'
import type { Ledger } from '../../../packages/worker/src/ledger/ledger.ts'
import type { Worker } from '../../../packages/worker/src/worker-contract.ts'
import { full } from '../../support/failing-ledger.ts'
import { jobOf, openedLedger, stoppedRun } from '../../support/ledgers.ts'

function appOf(ledger: Partial<Ledger>) {
  return readingApp({ ledger } as unknown as Worker)
}

/** A ledger with five runs of a job each. */
async function five() {
  const { ledger } = await openedLedger()
  for (let i = 1; i <= 5; i += 1) {
    const run = stoppedRun({ uid: `run-${i}`, scan_id: i, plan_name: i === 3 ? 'scan' : 'count' })
    await ledger.received({ run, rules: [], jobs: [jobOf(run, { id: `job-${i}` })] })
  }
  return ledger
}

describe('what is served of the ledger', () => {
  it('comes in pages, the newest first, with where the next one begins', async () => {
    const app = appOf(await five())
    const first = await app.request('/jobs?limit=3')
    expect(((await first.json()) as { id: string }[]).map(({ id }) => id)).toEqual([
      'job-5',
      'job-4',
      'job-3',
    ])
    const second = await app.request(`/jobs?limit=3&after=${first.headers.get('x-next')}`)
    expect(await second.json()).toMatchObject([{ id: 'job-2' }, { id: 'job-1' }])
    expect(second.headers.get('x-next')).toBeNull()
  })

  it('is what is asked for', async () => {
    const app = appOf(await five())
    const ask = async (path: string) => (await (await app.request(path)).json()) as object[]
    expect(await ask('/runs?plan_name=scan')).toMatchObject([{ uid: 'run-3', jobs: ['job-3'] }])
    expect(await ask('/runs?open=true')).toEqual([])
    expect(await ask('/jobs?state=queued&state=failed&scan_id=2')).toMatchObject([{ id: 'job-2' }])
  })

  it('is refused with a reason where the question makes no sense', async () => {
    const app = appOf(await five())
    for (const [path, reason] of [
      ['/jobs?limit=0', 'limit: '],
      ['/jobs?since=yesterday', 'since: must be a time'],
      ['/runs?nonsense=1', 'nonsense'],
    ] as const) {
      const response = await app.request(path)
      expect(response.status, path).toBe(400)
      expect(((await response.json()) as { error: string }).error).toContain(reason)
    }
  })

  it('says what is wrong where the ledger can’t be read', async () => {
    const response = await appOf({ jobs: () => Promise.reject(full) }).request('/jobs')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ error: full.message })
  })
})
