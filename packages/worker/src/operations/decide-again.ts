import { access } from 'node:fs/promises'
import { join } from 'node:path'

import {
  decide,
  type Job,
  type JobStatus,
  Run,
  safeName,
  type SpooledRun,
} from '@prompt-papermill/core'

import type { LedgerReader, RunEntry } from '../ledger/ledger.js'
import { documentsFolder } from '../queue/documents-folder.js'
import type { Worker } from '../worker-contract.js'
import { findTarget } from './find.js'
import { orElse } from './or-else.js'
import type { RerunRequest, Selection } from './requests.js'
import type { RerunChoice } from './rerun-choice.js'
import { jobsOf, oldestFirst } from './select-jobs.js'

/** Whether a job that the ledger has, or a new one, is meant. */
type IsMeant = (job: Job, known: JobStatus | null) => boolean

/**
 * The jobs of a rerun that asks today's rules: what they decide for each run takes the place of what was stored,
 * and jobs that they make now and did not before are new. Jobs that they make no more are left.
 */
export async function* decideAgain(
  worker: Worker,
  request: RerunRequest,
): AsyncGenerator<RerunChoice, void, undefined> {
  const { target, where } = request
  if (target === undefined) {
    for await (const run of runsOf(worker.ledger, where ?? {})) {
      yield* decideRun(worker, run, request, meantBy(where ?? {}))
    }
    return
  }
  const found = await findTarget(worker.ledger, target)
  if ('run' in found) {
    const { uid } = found.run.run
    const choices = decideRun(worker, found.run, request, () => true)
    yield* orElse(choices, { left: uid, message: nothingToRun(uid) })
  } else {
    const { id, run } = found.job.job
    const entry = await worker.ledger.run(run.uid)
    if (entry) yield* decideRun(worker, entry, request, (job) => job.id === id)
  }
}

function nothingToRun(uid: string): string {
  return `no rule has anything to run for it; \`explain --uid ${uid.slice(0, 8)}\` says why`
}

async function* runsOf(
  ledger: LedgerReader,
  { entry: _, reason: __, ...where }: Selection,
): AsyncGenerator<RunEntry, void, undefined> {
  for await (const { uid } of oldestFirst((page) => ledger.runs({ ...where, ...page }))) {
    const run = await ledger.run(uid)
    if (run) yield run
  }
}

function meantBy({ rule, entry, state, reason }: Selection): IsMeant {
  const states = state === undefined || Array.isArray(state) ? state : [state]
  return (job, known) => {
    if (rule !== undefined && job.rule !== rule) return false
    if (entry !== undefined && job.entry !== entry) return false
    const found: { state?: string; reason?: string } = known?.state ?? {}
    if (states && !states.some((one) => one === found.state)) return false
    return reason === undefined || found.reason === reason
  }
}

async function* decideRun(
  { config, ledger, router }: Worker,
  { run: record }: RunEntry,
  { dry_run: dry, priority }: RerunRequest,
  isMeant: IsMeant,
): AsyncGenerator<RerunChoice, void, undefined> {
  const { uid, start, stop } = record
  if (!start || !stop) {
    const what = start ? 'has not stopped' : 'has no Run Start in the ledger'
    yield { left: uid, message: `the run ${what}, so that no rule can be asked` }
    return
  }
  const before = new Map<string, JobStatus>()
  for await (const status of jobsOf(ledger, { uid })) before.set(status.job.id, status)
  const run = Run.fromRecord(record)
  const failures: unknown[] = []
  const kept = await keptDocuments(documentsFolder(config), uid)
  const { rules, jobs } = await decide(run, router.rules, kept, (error) => failures.push(error))
  for (const failure of failures) yield { left: uid, message: (failure as Error).message }

  const decided = jobs.map((job) => (priority === undefined ? job : { ...job, priority }))
  const meant = decided.filter((job) => isMeant(job, before.get(job.id) ?? null))
  const fresh = meant.filter(({ id }) => !before.has(id))
  if (!dry) await ledger.received({ run: record, rules, jobs: fresh })
  for (const job of meant) {
    const status = before.get(job.id)
    yield status ? { status, anew: { ...job, queuedAt: status.job.queuedAt } } : { fresh: job }
  }
  const made = new Set(decided.map(({ id }) => id))
  for (const [id, status] of before) {
    if (made.has(id) || !isMeant(status.job, status)) continue
    yield { left: id, message: `the rule ${status.job.rule} makes it no more for this run` }
  }
}

/** The documents of a run, as far as they were kept when it came. */
async function keptDocuments(folder: string, uid: string): Promise<SpooledRun | null> {
  const path = join(folder, `${safeName(uid)}.jsonl`)
  try {
    await access(path)
  } catch {
    return null
  }
  return {
    write: () => undefined,
    finish: () => Promise.resolve(path),
    // other jobs of the run may use them
    discard: () => Promise.resolve(),
  }
}
