import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { hashFile, type Manifest } from '@prompt-papermill/core'

import type { LedgerReader } from '../../packages/worker/src/ledger/ledger.ts'
import { withLedger } from '../../packages/worker/src/ledger/open-reader.ts'
import type { AttemptRow, JobRow, RunRow } from '../../packages/worker/src/ledger/rows.ts'
import { oldestFirst } from '../../packages/worker/src/operations/select-jobs.ts'
import type { PublishedRun } from './beamline.ts'

/** What a ledger has, all of it. */
export interface Account {
  readonly runs: readonly RunRow[]
  readonly jobs: readonly JobRow[]
  readonly attempts: readonly AttemptRow[]
}

/** Reads a ledger from outside, whether or not its worker lives. */
export function accountOf(state: string): Promise<Account> {
  return withLedger(state, async (ledger) => {
    const runs = await all(oldestFirst((page) => ledger.runs(page)))
    const jobs = await all(oldestFirst((page) => ledger.jobs(page)))
    return { runs, jobs, attempts: await attemptsOf(ledger, jobs) }
  })
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const row of rows) found.push(row)
  return found
}

async function attemptsOf(ledger: LedgerReader, jobs: readonly JobRow[]): Promise<AttemptRow[]> {
  return (await Promise.all(jobs.map(({ id }) => ledger.attempts(id)))).flat()
}

/** Whether a job is done with. */
export function hasEnded({ state }: JobRow): boolean {
  return !['queued', 'waiting', 'running'].includes(state)
}

/** The uids of the runs whose Run Stop a ledger has. */
export async function stoppedIn(state: string): Promise<ReadonlySet<string>> {
  const { runs } = await accountOf(state)
  return new Set(runs.filter(({ stopped_at: at }) => at !== null).map(({ uid }) => uid))
}

/** What is wrong with an account, once all should be done: nothing lost, nothing twice. */
export function faultsOf(
  { runs, jobs, attempts }: Account,
  published: readonly PublishedRun[],
): string[] {
  const faults: string[] = []
  for (const { uid, kind } of published) {
    const run = runs.find((row) => row.uid === uid)
    if (!run?.stopped_at) faults.push(`the ledger lost run ${uid}`)
    const own = jobs.filter((job) => job.uid === uid)
    if (own.length !== 1) faults.push(`run ${uid} (${kind}) has ${own.length} jobs`)
  }
  if (jobs.length !== published.length)
    faults.push(`${jobs.length} jobs of ${published.length} runs`)
  for (const job of jobs) {
    if (job.state !== 'succeeded') {
      faults.push(`job ${job.id} is ${job.state} (${job.reason}): ${job.message}`)
    }
    const own = attempts.filter((attempt) => attempt.job === job.id)
    const states = own.map(({ state }) => state)
    const good =
      states.at(-1) === 'succeeded' && states.slice(0, -1).every((s) => s === 'interrupted')
    if (!good) faults.push(`job ${job.id} has the attempts ${states.join(', ')}`)
    if (own.at(-1)?.attempt !== job.attempt) faults.push(`job ${job.id} is of another attempt`)
  }
  return faults
}

/** What is wrong with the results folder: a torn file, a manifest too many, an attempt that nobody knows. */
export async function faultsOnDisk(
  results: string,
  { jobs, attempts }: Account,
): Promise<string[]> {
  const faults: string[] = []
  const ends = new Map<string, number>()
  const known = new Set(attempts.map(({ results_dir: folder }) => folder))
  for (const folder of await attemptFolders(results)) {
    const names = await readdir(folder)
    for (const name of names.filter((each) => each.endsWith('.ipynb'))) {
      if (!(await isJson(join(folder, name)))) faults.push(`${folder}/${name} is torn`)
    }
    if (!names.includes('manifest.json')) continue
    const torn = await manifestFaults(folder)
    faults.push(...torn.faults)
    if (torn.manifest?.state === 'succeeded') {
      const { job } = torn.manifest
      ends.set(job, (ends.get(job) ?? 0) + 1)
    }
    if (!known.has(folder)) faults.push(`the ledger does not know ${folder}`)
  }
  for (const { id } of jobs) {
    if (ends.get(id) !== 1) faults.push(`job ${id} succeeded ${ends.get(id) ?? 0} times on disk`)
  }
  return faults
}

async function manifestFaults(folder: string): Promise<{ manifest?: Manifest; faults: string[] }> {
  const path = join(folder, 'manifest.json')
  if (!(await isJson(path))) return { faults: [`${path} is torn`] }
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest
  const faults: string[] = []
  for (const { name, sha256 } of manifest.artifacts) {
    const hash = await hashFile(join(folder, name)).catch(() => 'gone')
    if (hash !== sha256) faults.push(`${folder}/${name} is not what its manifest says`)
  }
  return { manifest, faults }
}

async function attemptFolders(results: string): Promise<string[]> {
  const entries = await readdir(results, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && /^attempt-\d+$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

async function isJson(path: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(path, 'utf8'))
    return true
  } catch {
    return false
  }
}
