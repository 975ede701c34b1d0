import type { JobStatus } from '@prompt-papermill/core'

import type { LedgerReader } from '../ledger/ledger.js'
import type { JobQuery, Page, Paging } from '../ledger/queries.js'
import type { Worker } from '../worker-contract.js'
import { findTarget } from './find.js'
import { orElse } from './or-else.js'
import type { RerunRequest } from './requests.js'

/** A job with its stored parameters, or why there is none. */
export type SelectedJob =
  | { readonly status: JobStatus; readonly anew: null }
  | { readonly left: string; readonly message: string }

/** The jobs that a rerun with their stored parameters is for, in the order in which they came. */
export async function* selectJobs(
  { ledger }: Worker,
  { target, where }: RerunRequest,
): AsyncGenerator<SelectedJob, void, undefined> {
  if (target === undefined) {
    yield* asStored(jobsOf(ledger, where ?? {}))
    return
  }
  const found = await findTarget(ledger, target)
  if ('job' in found) yield { status: found.job, anew: null }
  else {
    const { uid } = found.run.run
    yield* orElse(asStored(jobsOf(ledger, { uid })), { left: uid, message: withoutJobs(uid) })
  }
}

async function* asStored(
  jobs: AsyncIterable<JobStatus>,
): AsyncGenerator<{ readonly status: JobStatus; readonly anew: null }, void, undefined> {
  for await (const status of jobs) yield { status, anew: null }
}

/** The jobs of a query with where they stand, oldest first. */
export async function* jobsOf(
  ledger: LedgerReader,
  query: JobQuery,
): AsyncGenerator<JobStatus, void, undefined> {
  for await (const { id } of oldestFirst((page) => ledger.jobs({ ...query, ...page }))) {
    const status = await ledger.job(id)
    // retention may have taken it meanwhile
    if (status) yield status
  }
}

/** All rows of a query, oldest first, a page in memory at a time. */
export async function* oldestFirst<Row>(
  ask: (page: Paging) => Promise<Page<Row>>,
): AsyncGenerator<Row, void, undefined> {
  for (let after: string | undefined; ;) {
    const { rows, next } = await ask({ order: 'oldest', limit: 1000, after })
    yield* rows
    if (next === null) return
    after = next
  }
}

function withoutJobs(uid: string): string {
  return `the run has no jobs; \`explain --uid ${uid.slice(0, 8)}\` says why, and \`rerun --rules\` decides by the rules as they are now`
}
