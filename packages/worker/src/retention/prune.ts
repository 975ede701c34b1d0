import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { RetentionAges } from '../config/config.js'
import type { Ledger } from '../ledger/ledger.js'
import { checkResultsAreThere, removeAttempt } from './remove-attempt.js'

/** What is to be removed. */
export interface PruneRequest {
  readonly ages: RetentionAges
  /** Also the newest attempt of each job. */
  readonly newestToo: boolean
  /** Only counts. */
  readonly dryRun: boolean
}

/** Where it is. */
export interface PrunePlace {
  readonly ledger: Pick<Ledger, 'pruning' | 'unfinishedJobs'>
  /** The results' root. */
  readonly results: string
  /** The folder of spooled documents. */
  readonly documents: string
}

/** What was removed, or would be. */
export interface Pruned {
  readonly attempts: number
  readonly documents: number
  readonly runs: number
  /** Folders that were left alone, and why. */
  readonly refused: readonly string[]
}

/** How many are looked at at once. */
const pageSize = 200

/**
 * Removes what is older than it may get: first the folders of attempts, then documents, then the ledger's rows, so
 * that nothing is forgotten that is there still. Whatever is under way, or can be the reason for a notebook to
 * run, stays.
 *
 * @throws Error if the results folder is not there, and LedgerError.
 */
export async function prune(place: PrunePlace, request: PruneRequest): Promise<Pruned> {
  const { ages } = request
  const refused: string[] = []
  return {
    attempts: ages.attempts === null ? 0 : await pruneAttempts(place, request, refused),
    documents: ages.documents === null ? 0 : await pruneDocuments(place, request),
    runs: ages.rows === null ? 0 : await pruneRuns(place, request),
    refused,
  }
}

async function pruneAttempts(
  { ledger: { pruning }, results }: PrunePlace,
  { ages, newestToo, dryRun }: PruneRequest,
  refused: string[],
): Promise<number> {
  const before = timeBefore(ages.attempts)
  let count = 0
  for (let after: string | null = null; ;) {
    const paging = { before, newestToo, limit: pageSize, after }
    const { attempts, next } = await pruning.oldAttempts(paging)
    if (attempts.length > 0) await checkResultsAreThere(results)
    for (const attempt of attempts) {
      const removal = await removeAttempt(results, attempt.resultsDir, dryRun)
      if (typeof removal === 'object') {
        refused.push(removal.refused)
        continue
      }
      count += 1
      if (!dryRun) await pruning.forgetFolder(attempt)
    }
    if (next === null) return count
    after = next
  }
}

async function pruneDocuments(
  { ledger, documents }: PrunePlace,
  { ages, dryRun }: PruneRequest,
): Promise<number> {
  const before = Date.parse(timeBefore(ages.documents))
  const unfinished = await ledger.unfinishedJobs()
  const wanted = new Set(unfinished.map(({ job }) => job.documents))
  // a run's large arrays are in a file beside its documents, and are wanted as long as these
  const documentsOf = (path: string) => path.replace(/\.[0-9a-f]{8}\.arrays$/, '.jsonl')
  const names = await readdir(documents).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  let count = 0
  for (const name of names) {
    const path = join(documents, name)
    // what is only just being written has another name, and is its writer's
    if (wanted.has(documentsOf(path)) || name.endsWith('.partial')) continue
    const { mtimeMs } = await lstat(path)
    if (mtimeMs >= before) continue
    count += 1
    if (!dryRun) await rm(path, { recursive: true, force: true })
  }
  return count
}

async function pruneRuns(
  { ledger: { pruning } }: PrunePlace,
  { ages, dryRun }: PruneRequest,
): Promise<number> {
  const before = timeBefore(ages.rows)
  let count = 0
  for (let after: string | null = null; ;) {
    const { uids, next } = await pruning.oldRuns({ before, limit: pageSize, after })
    for (const uid of uids) {
      if (dryRun || (await pruning.forgetRun(uid, before))) count += 1
    }
    if (next === null) return count
    after = next
  }
}

function timeBefore(age: number | null): string {
  return new Date(Date.now() - (age ?? 0)).toISOString()
}
