import { NDArray, newStatus, type RuleExplanation, type RunRecord } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import {
  attemptOf,
  jobOf,
  openedLedger,
  openRunRecord,
  running,
  stoppedRun,
} from '../../support/ledgers.ts'

const rules: readonly RuleExplanation[] = [
  {
    rule: 'r',
    matched: true,
    clauses: [{ clause: { plan_name: 'count' }, matched: true, found: 'count' }],
  },
]

describe('a ledger', () => {
  it('keeps every value of a run and its jobs over a restart', async () => {
    const odd = {
      big: 2n ** 70n,
      noise: NaN,
      image: new NDArray('<u2', [2], Uint16Array.of(1, 2)),
      '__proto__ like': { ['__proto__']: 'a key' },
      quoted: `'); DROP TABLE runs; --`,
    }
    const run = stoppedRun({ metadata: odd })
    const job = jobOf(run, {
      parameters: { given: odd },
      retry: { attempts: 3, on: ['timed-out'], delay: 5 },
    })
    const { ledger, state } = await openedLedger()
    expect(await ledger.received({ run, rules, jobs: [job] })).toEqual([job])
    await ledger.close()
    const { ledger: again } = await openedLedger(state)
    expect((await again.run(run.uid))?.run).toEqual(run)
    expect(await again.job(job.id)).toEqual(newStatus(job))
    expect(await again.decision(run.uid)).toEqual(rules)
    expect(await again.unfinishedJobs()).toEqual([newStatus(job)])
  })

  it('has nothing where it has nothing', async () => {
    const { ledger } = await openedLedger()
    expect(await ledger.job('none')).toBeUndefined()
    expect(await ledger.run('none')).toBeUndefined()
    expect(await ledger.decision('none')).toBeNull()
    expect(await ledger.attempts('none')).toEqual([])
    expect(await ledger.jobs()).toEqual({ rows: [], next: null })
  })

  it('makes no second job of a run that is seen twice', async () => {
    const { ledger } = await openedLedger()
    const run = stoppedRun()
    const [one, two] = [jobOf(run, { entry: 'one' }), jobOf(run, { entry: 'two' })]
    expect(await ledger.received({ run, rules, jobs: [one] })).toEqual([one])
    await ledger.status({ ...running(one), state: { state: 'succeeded' } })
    expect(await ledger.received({ run, rules: [], jobs: [one, two] })).toEqual([two])
    expect((await ledger.job(one.id))?.state).toEqual({ state: 'succeeded' })
    expect((await ledger.unfinishedJobs()).map(({ job }) => job.id)).toEqual([two.id])
    expect(await ledger.known([one.id, two.id, 'three'])).toEqual(new Set([one.id, two.id]))
  })

  it('takes a stop and its jobs together or not at all', async () => {
    const { ledger } = await openedLedger()
    const run = stoppedRun()
    const broken = { ...jobOf(run, { entry: 'two' }), rule: null as never }
    const both = ledger.received({ run, rules, jobs: [jobOf(run), broken] })
    await expect(both).rejects.toMatchObject({ code: 'refused' })
    expect(await ledger.run(run.uid)).toBeUndefined()
    expect((await ledger.jobs()).rows).toEqual([])
  })

  it('keeps the record that knows more of a run, and when it was received first', async () => {
    const { ledger } = await openedLedger()
    const run = stoppedRun({ uid: 'run' })
    const { descriptors: _, ...rest } = openRunRecord({ uid: 'run' })
    const early: RunRecord = { ...rest, descriptors: [], documents: 1, events: {} }
    await ledger.opened(early)
    const { startedAt } = (await ledger.run('run')) ?? {}
    await ledger.opened(openRunRecord({ uid: 'run' }))
    expect((await ledger.run('run'))?.run.descriptors).toHaveLength(1)
    await ledger.received({ run, rules, jobs: [] })
    // by way of a second proxy, or after it was joined in the middle
    await ledger.opened(early)
    await ledger.received({ run: { ...run, start: null, complete: false }, rules, jobs: [] })
    const known = await ledger.run('run')
    expect(known?.run).toEqual(run)
    expect(known?.startedAt).toBe(startedAt)
  })

  it('takes a run that has stopped together with its jobs only', async () => {
    const { ledger } = await openedLedger()
    await expect(ledger.opened(stoppedRun())).rejects.toMatchObject({ code: 'refused' })
    expect((await ledger.runs()).rows).toEqual([])
  })

  it('knows the runs that are open, oldest first, and those only', async () => {
    const { ledger } = await openedLedger()
    for (const uid of ['a', 'b', 'c', 'd']) await ledger.opened(openRunRecord({ uid }))
    await ledger.received({ run: stoppedRun({ uid: 'b' }), rules, jobs: [] })
    expect((await ledger.openRuns(10)).map(({ uid }) => uid)).toEqual(['a', 'c', 'd'])
    expect((await ledger.openRuns(2)).map(({ uid }) => uid)).toEqual(['c', 'd'])
    await ledger.opened({ ...openRunRecord({ uid: 'c' }), abandoned: 'too-old' })
    expect((await ledger.openRuns(2)).map(({ uid }) => uid)).toEqual(['a', 'd'])
  })

  it('gives unfinished jobs in the order in which they came, whatever the clock said', async () => {
    const { ledger } = await openedLedger()
    const times = [
      '2026-11-23T12:00:00.000Z',
      '1999-01-01T00:00:00.000Z',
      '2040-01-01T00:00:00.000Z',
    ]
    const jobs = times.map((queuedAt) => jobOf(stoppedRun(), { queuedAt }))
    for (const job of jobs) await ledger.received({ run: job.run, rules, jobs: [job] })
    await ledger.status(running(jobs[1]!))
    const ids = jobs.map(({ id }) => id)
    expect((await ledger.unfinishedJobs()).map(({ job }) => job.id)).toEqual(ids)
    expect((await ledger.jobs()).rows.map(({ id }) => id)).toEqual(ids.reverse())
  })

  it('keeps each attempt with what explains it', async () => {
    const { ledger } = await openedLedger()
    const job = jobOf(stoppedRun())
    await ledger.received({ run: job.run, rules, jobs: [job] })
    await ledger.attempt(attemptOf(job, { resultsDir: '/r/attempt-1' }))
    expect((await ledger.job(job.id))?.attempt).toBe(0)
    const evidence = { cell: 3, ename: 'ValueError', traceback: 'line 1' }
    const failed = { state: 'failed', reason: 'cell-error', message: 'no', evidence } as const
    const finishedAt = '2026-11-23T10:01:00.000Z'
    await ledger.attempt(attemptOf(job, { ...failed, finishedAt }))
    await ledger.attempt(attemptOf(job, { attempt: 2, state: 'succeeded', finishedAt }))
    await ledger.status({ ...running(job, { attempt: 2 }), state: failed })
    expect(await ledger.attempts(job.id)).toMatchObject([
      { attempt: 1, ...failed, results_dir: '/r/attempt-1', finished_at: finishedAt },
      { attempt: 2, state: 'succeeded', evidence: null },
    ])
    expect((await ledger.job(job.id))?.state).toEqual(failed)
  })

  it('says of an attempt that it was interrupted, once its job no longer runs and nothing else is known', async () => {
    const { ledger } = await openedLedger()
    const job = jobOf(stoppedRun())
    await ledger.received({ run: job.run, rules, jobs: [job] })
    await ledger.status(running(job))
    await ledger.attempt(attemptOf(job))
    expect(await ledger.attempts(job.id)).toMatchObject([{ state: 'running', finished_at: null }])
    await ledger.status({ ...running(job), state: { state: 'queued' }, interruptions: 1 })
    const [attempt] = await ledger.attempts(job.id)
    expect(attempt).toMatchObject({ state: 'interrupted' })
    expect(attempt?.finished_at).not.toBeNull()
  })

  it('holds a failure whose evidence has no JSON, and details not at all', async () => {
    const { ledger } = await openedLedger()
    const job = jobOf(stoppedRun())
    await ledger.received({ run: job.run, rules, jobs: [job] })
    const state = {
      state: 'failed',
      reason: 'cell-error',
      message: 'no',
      evidence: { traceback: () => 0 },
      details: { huge: 'x'.repeat(100_000), odd: Symbol('odd') },
    } as never
    await ledger.status({ ...running(job), state })
    expect((await ledger.job(job.id))?.state).toMatchObject({
      message: 'no',
      evidence: { traceback: expect.stringContaining('has no form in JSON') as string },
    })
  })

  it('takes over a job that a rerun decided anew', async () => {
    const { ledger } = await openedLedger()
    const job = jobOf(stoppedRun())
    await ledger.received({ run: job.run, rules, jobs: [job] })
    const again = { ...job, parameters: { bins: 500 } }
    await ledger.status({ ...newStatus(again), attempt: 1 })
    expect((await ledger.job(job.id))?.job.parameters).toEqual({ bins: 500 })
  })

  it('remembers who did what', async () => {
    const { ledger } = await openedLedger()
    await ledger.act({ who: 'ann', what: 'pause' })
    await ledger.act({ who: 'bob', what: 'rerun', job: 'j', uid: 'u', details: { priority: 5 } })
    expect((await ledger.acts()).rows).toMatchObject([
      { who: 'bob', what: 'rerun', job: 'j', uid: 'u', details: { priority: 5 } },
      { who: 'ann', what: 'pause', job: null, details: null },
    ])
    expect((await ledger.acts({ job: 'j' })).rows).toHaveLength(1)
    expect((await ledger.acts({ uid: 'other' })).rows).toEqual([])
    const first = await ledger.acts({ limit: 1, order: 'oldest' })
    expect(first.rows[0]?.who).toBe('ann')
    const second = await ledger.acts({ limit: 1, order: 'oldest', after: first.next ?? '' })
    expect(second).toMatchObject({ rows: [{ who: 'bob' }], next: null })
  })

  it('says that it is closed to those who come too late', async () => {
    const { ledger } = await openedLedger()
    await ledger.close()
    await expect(ledger.opened(openRunRecord())).rejects.toMatchObject({ code: 'closed' })
    expect((await ledger.writable())?.message).toContain('closed')
  })
})
