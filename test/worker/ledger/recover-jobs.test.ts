import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  defaultPattern,
  type Job,
  type JobStatus,
  MemoryJobQueue,
  resultsPath,
} from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { recoverJobs } from '../../../packages/worker/src/ledger/recover-jobs.ts'
import type { SqliteLedger } from '../../../packages/worker/src/ledger/sqlite-ledger.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { attemptOf, jobOf, openedLedger, running, stoppedRun } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const retry = { attempts: 2, on: ['kernel-died'], delay: 1 } as const

/** A ledger with jobs that run, and what an attempt of each left in the results folder. */
async function crashed(...jobs: readonly Job[]) {
  const { ledger } = await openedLedger()
  const root = await temporaryFolder()
  for (const job of jobs) {
    await ledger.received({ run: job.run, rules: [], jobs: [job] })
    await ledger.status(running(job))
    await ledger.attempt(attemptOf(job))
  }
  return {
    ledger,
    root,
    async leaves(job: Job, attempt: number, manifest: object | string): Promise<string> {
      const folder = join(resultsPath(root, defaultPattern, job), `attempt-${attempt}`)
      await mkdir(folder, { recursive: true })
      const whole = { job: job.id, attempt, reason: null, message: null, evidence: null, ...times }
      const text =
        typeof manifest === 'string' ? manifest : JSON.stringify({ ...whole, ...manifest })
      await writeFile(join(folder, 'manifest.json'), text)
      return folder
    },
    recover: (from: SqliteLedger = ledger): Promise<readonly JobStatus[]> =>
      recoverJobs(from, { root, pattern: defaultPattern, retry }, readLogger().logger),
  }
}

const times = { started_at: '2026-11-23T10:00:00.000Z', finished_at: '2026-11-23T10:05:00.000Z' }

describe('jobs after a crash', () => {
  it('go on in their order, and one that ran says so', async () => {
    const jobs = ['a', 'b', 'c'].map((uid) => jobOf(stoppedRun({ uid })))
    const { ledger, recover } = await crashed(...jobs)
    await ledger.status({ ...running(jobs[2]!), state: { state: 'queued' }, attempt: 0 })
    expect((await recover()).map(({ job }) => job.id)).toEqual(jobs.map(({ id }) => id))
    expect((await recover()).map(({ state }) => state.state)).toEqual([
      'running',
      'running',
      'queued',
    ])
  })

  it('have ended if the manifest of their attempt says so', async () => {
    const job = jobOf(stoppedRun())
    const { ledger, leaves, recover } = await crashed(job)
    const folder = await leaves(job, 1, { state: 'succeeded' })
    expect(await recover()).toEqual([])
    expect(await ledger.job(job.id)).toMatchObject({
      state: { state: 'succeeded' },
      attempt: 1,
      resultsDir: folder,
      finishedAt: times.finished_at,
    })
    expect(await ledger.attempts(job.id)).toMatchObject([
      { attempt: 1, state: 'succeeded', results_dir: folder, finished_at: times.finished_at },
    ])
    // and so they stay
    expect(await recover()).toEqual([])
  })

  it('have ended with what explains it, if they failed', async () => {
    const job = jobOf(stoppedRun())
    const { ledger, leaves, recover } = await crashed(job)
    const failed = { state: 'failed', reason: 'cell-error', message: 'no', evidence: { cell: 2 } }
    await leaves(job, 1, failed)
    expect(await recover()).toEqual([])
    expect((await ledger.job(job.id))?.state).toEqual(failed)
  })

  it('have ended if the ledger had their attempt’s end already, and no folder says more', async () => {
    const job = jobOf(stoppedRun())
    const { ledger, recover } = await crashed(job)
    await ledger.attempt(attemptOf(job, { state: 'no-data', message: 'dark', finishedAt: 'then' }))
    expect(await recover()).toEqual([])
    expect((await ledger.job(job.id))?.state).toEqual({ state: 'no-data', message: 'dark' })
  })

  it('are queued again by the rule for retries, if their attempt failed of what may get better', async () => {
    const [once, twice] = [jobOf(stoppedRun()), jobOf(stoppedRun())]
    const { ledger, leaves, recover } = await crashed(once, twice)
    await ledger.status(running(twice, { attempt: 2, tries: 2 }))
    const died = { state: 'failed', reason: 'kernel-died', message: 'SIGSEGV' }
    await leaves(once, 1, died)
    await leaves(twice, 2, died)
    const left = await recover()
    expect(left.map(({ job }) => job.id)).toEqual([once.id])
    expect(left[0]).toMatchObject({ state: { state: 'queued' }, interruptions: 0, attempt: 1 })
    expect(await ledger.attempts(once.id)).toMatchObject([
      { state: 'failed', reason: 'kernel-died' },
    ])
    expect((await ledger.job(twice.id))?.state).toEqual(died)
  })

  it('have not ended by an earlier attempt, another job’s, or a file that is torn', async () => {
    const jobs = ['a', 'b', 'c', 'd', 'e'].map((uid) => jobOf(stoppedRun({ uid })))
    const { ledger, leaves, recover } = await crashed(...jobs)
    const [a, b, c, d, e] = jobs as [Job, Job, Job, Job, Job]
    await ledger.status(running(a, { attempt: 2 }))
    await leaves(a, 1, { state: 'succeeded' })
    await leaves(b, 1, { state: 'succeeded', job: 'another' })
    await leaves(c, 1, '{"job": "')
    await leaves(d, 1, { state: 'failed', reason: 'interrupted', message: 'stopped' })
    await leaves(e, 1, { state: 'odd' })
    expect((await recover()).map(({ state }) => state.state)).toEqual(Array(5).fill('running'))
  })

  it('counts an attempt whose folder got a higher number', async () => {
    const job = jobOf(stoppedRun())
    const { ledger, leaves, recover } = await crashed(job)
    await leaves(job, 3, { state: 'succeeded' })
    expect(await recover()).toEqual([])
    expect((await ledger.job(job.id))?.attempt).toBe(3)
  })

  it('are not decided about while the disk of their results seems to be away', async () => {
    const [gone, unknown] = [jobOf(stoppedRun()), jobOf(stoppedRun())]
    const { ledger, leaves, recover, root } = await crashed(gone, unknown)
    // it may never have had a folder
    expect(await recover()).toHaveLength(2)
    const resultsDir = join(root, 'count', 'attempt-1')
    await ledger.attempt(attemptOf(gone, { resultsDir }))
    await expect(recover()).rejects.toThrow(/is empty, though .*attempt-1 was being written/u)
    expect((await ledger.job(gone.id))?.state.state).toBe('running')
    await rmdir(root)
    await expect(recover()).rejects.toThrow(/is empty, though .*is its disk mounted/u)
    await leaves(unknown, 1, 'something else')
    expect(await recover()).toHaveLength(2)
  })

  it('were interrupted, at most three times', async () => {
    const [first, last] = [jobOf(stoppedRun()), jobOf(stoppedRun())]
    const { ledger, recover } = await crashed(first, last)
    await ledger.status(running(last, { interruptions: 3, attempt: 4 }))
    const queue = new MemoryJobQueue({ known: await recover() })
    expect((await queue.get(first.id))?.state).toEqual({ state: 'queued' })
    expect((await queue.get(last.id))?.state).toMatchObject({
      state: 'failed',
      reason: 'interrupted',
    })
  })
})
