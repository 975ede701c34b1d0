import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import type { Job, JobStatus } from '@prompt-papermill/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import type { SqliteLedger } from '../../../packages/worker/src/ledger/sqlite-ledger.ts'
import { prune, type PruneRequest } from '../../../packages/worker/src/retention/prune.ts'
import {
  attemptOf,
  jobOf,
  openedLedger,
  openRunRecord,
  running,
  stoppedRun,
} from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const day = 24 * 60 * 60_000
const daysAgo = (days: number): string => new Date(Date.now() - days * day).toISOString()
const never = { attempts: null, documents: null, rows: null }

/** A ledger and a results folder, and how a test fills them. */
async function place() {
  const { ledger, state } = await openedLedger()
  const results = join(await temporaryFolder(), 'results')
  const documents = join(state, 'documents')
  await mkdir(documents)
  const ask = (request: Partial<PruneRequest['ages']>, more: Partial<PruneRequest> = {}) =>
    prune(
      { ledger, results, documents },
      { ages: { ...never, ...request }, newestToo: false, dryRun: false, ...more },
    )
  return { ledger, results, documents, ask }
}

/** A job that ended so many days ago, after so many attempts, each with its folder. */
async function endedJob(
  { ledger, results }: { ledger: SqliteLedger; results: string },
  days: number,
  {
    attempts = 1,
    state = 'succeeded',
    folder,
  }: { attempts?: number; state?: string; folder?: string } = {},
): Promise<Job> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - days * day })
  onTestFinished(() => void vi.useRealTimers())
  const job = jobOf(stoppedRun())
  await ledger.received({ run: job.run, rules: [], jobs: [job] })
  vi.useRealTimers()
  let resultsDir: string | null = null
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    resultsDir = folder ?? join(results, 'count', job.id, `attempt-${attempt}`)
    await mkdir(join(resultsDir, 'deep'), { recursive: true })
    await writeFile(join(resultsDir, 'manifest.json'), '{}')
    await writeFile(join(resultsDir, 'deep', 'figure.png'), 'x')
    const note = { attempt, resultsDir, state: 'succeeded', finishedAt: daysAgo(days) } as const
    await ledger.attempt(attemptOf(job, note))
  }
  const end = { state: { state }, attempt: attempts, resultsDir, finishedAt: daysAgo(days) }
  await ledger.status({ ...running(job), ...end } as JobStatus)
  return job
}

const foldersOf = async (ledger: SqliteLedger, job: Job) =>
  (await ledger.attempts(job.id)).map(({ results_dir: folder }) => folder !== null)

describe('retention', () => {
  it('removes nothing that it was not asked for', async () => {
    const at = await place()
    const job = await endedJob(at, 1000, { attempts: 2 })
    await writeFile(join(at.documents, 'run.jsonl'), '')
    expect(await at.ask({})).toEqual({ attempts: 0, documents: 0, runs: 0, refused: [] })
    expect(await foldersOf(at.ledger, job)).toEqual([true, true])
  })

  it('removes the folders of old attempts but the newest of each job, and remembers the attempts', async () => {
    const at = await place()
    const old = await endedJob(at, 100, { attempts: 3 })
    const recent = await endedJob(at, 10, { attempts: 2 })
    expect(await at.ask({ attempts: 90 * day }, { dryRun: true })).toMatchObject({ attempts: 2 })
    expect(await foldersOf(at.ledger, old)).toEqual([true, true, true])
    expect(await at.ask({ attempts: 90 * day })).toMatchObject({ attempts: 2, runs: 0 })
    expect(await foldersOf(at.ledger, old)).toEqual([false, false, true])
    expect(await foldersOf(at.ledger, recent)).toEqual([true, true])
    expect(await readdir(join(at.results, 'count', old.id))).toEqual(['attempt-3'])
    expect((await at.ledger.job(old.id))?.resultsDir).toContain('attempt-3')
    expect(await at.ask({ attempts: 90 * day })).toMatchObject({ attempts: 0 })
  })

  it('removes the newest too if that is asked for, and the folders that are empty then', async () => {
    const at = await place()
    const job = await endedJob(at, 100)
    const other = await endedJob(at, 10)
    expect(await at.ask({ attempts: 90 * day }, { newestToo: true })).toMatchObject({ attempts: 1 })
    expect(await readdir(join(at.results, 'count'))).toEqual([other.id])
    const { rows } = await at.ledger.jobs({ id: job.id })
    expect(rows).toMatchObject([{ state: 'succeeded', results_dir: null }])
  })

  it('touches nothing of a job that has not ended', async () => {
    const at = await place()
    for (const state of ['queued', 'running']) await endedJob(at, 100, { attempts: 2, state })
    const ages = { attempts: day, rows: day, documents: day }
    expect(await at.ask(ages, { newestToo: true })).toMatchObject({ attempts: 0, runs: 0 })
  })

  it('stays inside the results folder, whatever the ledger and links say', async () => {
    const at = await place()
    await mkdir(at.results, { recursive: true })
    const elsewhere = join(await temporaryFolder(), 'attempt-1')
    await endedJob(at, 100, { folder: elsewhere })
    const linked = join(at.results, 'linked', 'attempt-1')
    await symlink(dirname(elsewhere), dirname(linked))
    await endedJob(at, 100, { folder: linked })
    await endedJob(at, 100, { folder: join(at.results, 'not-an-attempt') })
    await endedJob(at, 100, { folder: join(at.results, '..', 'attempt-9') })
    const pruned = await at.ask({ attempts: day }, { newestToo: true })
    expect(pruned.attempts).toBe(0)
    expect(pruned.refused).toHaveLength(4)
    expect(existsSync(join(elsewhere, 'manifest.json'))).toBe(true)
    expect(existsSync(join(at.results, 'not-an-attempt', 'manifest.json'))).toBe(true)
  })

  it('follows no link out of a folder that it removes', async () => {
    const at = await place()
    const precious = await temporaryFolder()
    await writeFile(join(precious, 'data.h5'), 'x')
    const job = await endedJob(at, 100)
    await symlink(precious, join(at.results, 'count', job.id, 'attempt-1', 'data'))
    expect(await at.ask({ attempts: day }, { newestToo: true })).toMatchObject({ attempts: 1 })
    expect(await readdir(precious)).toEqual(['data.h5'])
  })

  it('forgets nothing while the results folder is away, or looks as if its disk were', async () => {
    const at = await place()
    const job = await endedJob(at, 100, { attempts: 2 })
    await rename(at.results, `${at.results}.away`)
    await expect(at.ask({ attempts: day })).rejects.toThrow(/can't be read.*nothing was removed/u)
    await mkdir(at.results)
    await expect(at.ask({ attempts: day })).rejects.toThrow('is its disk mounted?')
    expect(await foldersOf(at.ledger, job)).toEqual([true, true])
  })

  it('forgets folders that somebody else has removed', async () => {
    const at = await place()
    const job = await endedJob(at, 100, { attempts: 2 })
    const folder = join(at.results, 'count', job.id, 'attempt-1')
    await rename(folder, join(await temporaryFolder(), 'elsewhere'))
    expect(await at.ask({ attempts: day })).toMatchObject({ attempts: 1 })
    expect(await foldersOf(at.ledger, job)).toEqual([false, true])
  })

  it('removes old documents that no job waits for', async () => {
    const at = await place()
    const waiting = jobOf(stoppedRun(), { documents: join(at.documents, 'waits.jsonl') })
    await at.ledger.received({ run: waiting.run, rules: [], jobs: [waiting] })
    const old = ['old.jsonl', 'old.0123abcd.arrays']
    const kept = ['new.jsonl', 'waits.jsonl', 'waits.0123abcd.arrays', 'old.jsonl.12ab.partial']
    const names = [...old, ...kept]
    for (const name of names) {
      await writeFile(join(at.documents, name), '')
      const time = new Date(daysAgo(name.startsWith('new') ? 1 : 50))
      await utimes(join(at.documents, name), time, time)
    }
    expect(await at.ask({ documents: 30 * day }, { dryRun: true })).toMatchObject({ documents: 2 })
    expect(await at.ask({ documents: 30 * day })).toMatchObject({ documents: 2 })
    expect((await readdir(at.documents)).sort()).toEqual(kept.sort())
  })

  it('takes old runs out of the ledger, with all that hangs on them', async () => {
    const at = await place()
    const old = await endedJob(at, 400)
    const recent = await endedJob(at, 10)
    await at.ledger.opened(openRunRecord({ uid: 'open' }))
    expect(await at.ask({ rows: 365 * day }, { dryRun: true })).toMatchObject({ runs: 1 })
    expect(await at.ask({ rows: 365 * day })).toMatchObject({ runs: 1 })
    expect(await at.ledger.run(old.run.uid)).toBeUndefined()
    expect(await at.ledger.attempts(old.id)).toEqual([])
    expect((await at.ledger.runs()).rows.map(({ uid }) => uid)).toEqual(['open', recent.run.uid])
    // what is in the results folder was not asked for
    expect(existsSync(join(at.results, 'count', old.id, 'attempt-1', 'manifest.json'))).toBe(true)
  })

  it('leaves a run whose job was run again after it was listed', async () => {
    const at = await place()
    const job = await endedJob(at, 400)
    const before = daysAgo(365)
    const { uids } = await at.ledger.pruning.oldRuns({ before, limit: 10, after: null })
    await at.ledger.status(running(job))
    expect(uids).toEqual([job.run.uid])
    expect(await at.ledger.pruning.forgetRun(job.run.uid, before)).toBe(false)
    expect(await at.ledger.job(job.id)).toBeDefined()
  })

  it('gets to the end of long lists', async () => {
    const at = await place()
    for (let i = 0; i < 7; i += 1) await endedJob(at, 100, { attempts: 2 })
    const { pruning } = at.ledger
    const paging = { before: daysAgo(1), limit: 3, newestToo: false }
    const first = await pruning.oldAttempts({ ...paging, after: null })
    const second = await pruning.oldAttempts({ ...paging, after: first.next })
    const third = await pruning.oldAttempts({ ...paging, after: second.next })
    const all = [first, second, third].flatMap(({ attempts }) => attempts.map(({ job }) => job))
    expect(new Set(all).size).toBe(7)
    expect(third.next).toBeNull()
    const uids: string[] = []
    const whole = { before: daysAgo(1), limit: 3 }
    for (let after: string | null = null, pages = 0; pages < 3; pages += 1) {
      const page = await pruning.oldRuns({ ...whole, after })
      uids.push(...page.uids)
      expect(page.next === null).toBe(pages === 2)
      after = page.next
    }
    expect([uids.length, new Set(uids).size]).toEqual([7, 7])
    expect(await at.ask({ attempts: day, rows: day })).toMatchObject({ attempts: 7, runs: 7 })
  })
})
