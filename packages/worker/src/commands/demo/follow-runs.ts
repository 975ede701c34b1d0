import { access } from 'node:fs/promises'
import { join } from 'node:path'

import { isEndState, type JobState, safeName } from '@prompt-papermill/core'

import type { LedgerReader, RunEntry } from '../../ledger/ledger.js'
import { withLedger } from '../../ledger/open-reader.js'
import type { JobRow } from '../../ledger/rows.js'
import type { Proof, ReportedRun } from './check-results.js'

/** A run that was decided, and whose jobs have ended. */
export interface FinishedRun {
  readonly reported: ReportedRun
  readonly jobs: readonly JobRow[]
  readonly proofs: readonly Proof[]
}

/** How long nothing may change before the demo goes on with what there is, in milliseconds. */
const patience = 90_000

/**
 * Follows runs in the worker's ledger until the jobs that they should have are done, or until patience ends;
 * what is missing then is a proof that fails.
 */
export async function followRuns(
  reported: readonly ReportedRun[],
  { state, templates }: { readonly state: string; readonly templates: string },
  tell: (line: string) => void,
): Promise<FinishedRun[]> {
  const expected = await Promise.all(reported.map((run) => hasTemplate(run, templates)))
  let changed = Date.now()
  const told = new Set<string>()
  for (;;) {
    const known = await withLedger(state, (ledger) =>
      Promise.all(reported.map((run) => lookUp(run, ledger))),
    )
    for (const job of known.flatMap(({ jobs }) => jobs)) {
      const line = `scan ${String(job.scan_id)} ${job.entry}: ${job.state}`
      if (told.has(line)) continue
      tell(line)
      told.add(line)
      changed = Date.now()
    }
    const done = known.every((run, i) => isDone(run, expected[i] === true))
    if (done || Date.now() - changed > patience) {
      return known.map((run, i) => finishedRun(run, expected[i] === true))
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

/** Whether the rule `default` should make a job of a run. */
async function hasTemplate(run: ReportedRun, templates: string): Promise<boolean> {
  return access(join(templates, `${safeName(run.plan_name)}.ipynb`)).then(
    () => true,
    () => false,
  )
}

/** A run with what the ledger knows of it. */
interface KnownRun {
  readonly reported: ReportedRun
  readonly entry: RunEntry | undefined
  readonly jobs: readonly JobRow[]
}

async function lookUp(reported: ReportedRun, ledger: LedgerReader): Promise<KnownRun> {
  const { uid } = reported
  const [entry, { rows }] = await Promise.all([
    ledger.run(uid),
    ledger.jobs({ uid, order: 'oldest' }),
  ])
  return { reported, entry, jobs: rows }
}

function isDone({ entry, jobs }: KnownRun, wanted: boolean): boolean {
  const stopped = entry?.stoppedAt ?? null
  return stopped !== null && jobProblem(jobs, wanted) === null
}

function finishedRun(known: KnownRun, wanted: boolean): FinishedRun {
  const { reported, jobs } = known
  return {
    reported,
    jobs,
    proofs: [
      received(known),
      {
        claim: wanted ? 'one job was made, and has ended' : 'no job was made: no template',
        problem: jobProblem(jobs, wanted),
      },
    ],
  }
}

function received({ reported, entry }: KnownRun): Proof {
  const known = entry?.run
  const claim = `all ${reported.events} events were received`
  if (!known?.stop) return { claim, problem: 'the run has not stopped, as far as the worker knows' }
  const events = known.events.primary ?? 0
  return { claim, problem: events === reported.events ? null : `${events} were` }
}

function jobProblem(jobs: readonly JobRow[], wanted: boolean): string | null {
  if (jobs.length !== (wanted ? 1 : 0)) return `there are ${jobs.length}`
  const open = jobs.find(({ state }) => !isEndState({ state } as JobState))
  return open ? `it is ${open.state} still` : null
}
