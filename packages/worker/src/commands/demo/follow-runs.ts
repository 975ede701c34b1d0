import { access } from 'node:fs/promises'
import { join } from 'node:path'

import { isEndState, type JobStatus, safeName } from '@prompt-papermill/core'

import { readLedger } from '../../ledger/ledger-file.js'
import type { LedgerContents } from '../../ledger/ledger.js'
import { type JobRow, jobRow } from '../../ledger/rows.js'
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
    const ledger = await readLedger(state)
    for (const { job, state: at } of ledger.jobs.values()) {
      const line = `scan ${String(job.run.start?.scan_id)} ${job.entry}: ${at.state}`
      if (told.has(line)) continue
      tell(line)
      told.add(line)
      changed = Date.now()
    }
    const finished = reported.map((run, i) => finishedRun(run, expected[i] === true, ledger))
    const done = reported.every((run, i) => isDone(run, expected[i] === true, ledger))
    if (done || Date.now() - changed > patience) return finished
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

function isDone(run: ReportedRun, wanted: boolean, ledger: LedgerContents): boolean {
  const stopped = ledger.runs.get(run.uid)?.stoppedAt ?? null
  return stopped !== null && jobProblem(jobsOf(run, ledger), wanted) === null
}

function jobsOf({ uid }: ReportedRun, { jobs }: LedgerContents): JobStatus[] {
  return [...jobs.values()].filter(({ job }) => job.run.uid === uid)
}

function finishedRun(run: ReportedRun, wanted: boolean, ledger: LedgerContents): FinishedRun {
  const jobs = jobsOf(run, ledger)
  return {
    reported: run,
    jobs: jobs.map(jobRow),
    proofs: [
      received(run, ledger),
      {
        claim: wanted ? 'one job was made, and has ended' : 'no job was made: no template',
        problem: jobProblem(jobs, wanted),
      },
    ],
  }
}

function received(run: ReportedRun, { runs }: LedgerContents): Proof {
  const known = runs.get(run.uid)?.run
  const claim = `all ${run.events} events were received`
  if (!known?.stop) return { claim, problem: 'the run has not stopped, as far as the worker knows' }
  const events = known.events.primary ?? 0
  return { claim, problem: events === run.events ? null : `${events} were` }
}

function jobProblem(jobs: readonly JobStatus[], wanted: boolean): string | null {
  if (jobs.length !== (wanted ? 1 : 0)) return `there are ${jobs.length}`
  const open = jobs.find(({ state }) => !isEndState(state))
  return open ? `it is ${open.state.state} still` : null
}
