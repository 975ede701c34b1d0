import type { Job } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { estimateText } from '../../../packages/worker/src/commands/estimate-text.ts'
import type { LedgerReader } from '../../../packages/worker/src/ledger/ledger.ts'
import { estimateJobs } from '../../../packages/worker/src/replay/estimate.ts'

/** A ledger of jobs that succeeded, each with its template and how many seconds it took. */
function ledgerOf(past: readonly (readonly [string, number])[]): Pick<LedgerReader, 'jobs'> {
  const rows = past.map(([template, seconds]) => ({
    template,
    started_at: '2026-11-23T00:00:00.000Z',
    finished_at: new Date(Date.UTC(2026, 10, 23) + seconds * 1000).toISOString(),
  }))
  return { jobs: () => Promise.resolve({ rows: rows as never, next: null }) }
}

const jobsOf = (template: string, count: number): Job[] =>
  Array.from({ length: count }, () => makeJob({ template }))

describe('how long jobs will take', () => {
  it('is told by the median of what the same template took', async () => {
    const ledger = ledgerOf([
      ['/t/a.ipynb', 10],
      ['/t/a.ipynb', 1000],
      ['/t/a.ipynb', 20],
      ['/t/b.ipynb', 60],
    ])
    const jobs = [
      ...jobsOf('/t/a.ipynb', 6),
      ...jobsOf('/t/b.ipynb', 1),
      ...jobsOf('/t/c.ipynb', 2),
    ]
    const estimate = await estimateJobs(jobs, ledger, 2)
    expect(estimate).toEqual({ seconds: 90, known: 7, unknown: new Map([['/t/c.ipynb', 2]]) })
    expect(estimateText(estimate, 2)).toBe(
      '7 jobs in about 2 min, 2 at once; 2 jobs of c.ipynb in a time unknown, since none has succeeded yet',
    )
  })

  it('is no shorter than one job', async () => {
    const estimate = await estimateJobs(jobsOf('a', 1), ledgerOf([['a', 7200]]), 8)
    expect(estimate.seconds).toBe(7200)
    expect(estimateText(estimate, 8)).toBe('1 job in about 2 h 0 min')
  })
})
