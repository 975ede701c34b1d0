import { type Job, type JobStatus, newStatus, type RunRecord } from '@prompt-papermill/core'
import { makeJob, makeRunDocuments, type RunDocumentsOptions } from '@prompt-papermill/core/testing'
import { Run } from '@prompt-papermill/core'
import { onTestFinished } from 'vitest'

import type { AttemptNote } from '../../packages/worker/src/ledger/ledger.ts'
import { SqliteLedger } from '../../packages/worker/src/ledger/sqlite-ledger.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A ledger of its own, or that of a state folder; closed when the test ends. */
export async function openedLedger(
  state?: string,
): Promise<{ ledger: SqliteLedger; state: string }> {
  const folder = state ?? (await temporaryFolder())
  const ledger = await SqliteLedger.open(folder)
  onTestFinished(() => ledger.close())
  return { ledger, state: folder }
}

/** The record of a run that has stopped. */
export function stoppedRun(options: RunDocumentsOptions = {}): RunRecord {
  const { uid, messages } = makeRunDocuments(options)
  const run = new Run(uid)
  for (const message of messages) run.add(message)
  return run.toRecord()
}

/** The record of a run whose Run Stop has not come. */
export function openRunRecord(options: RunDocumentsOptions = {}): RunRecord {
  const { uid, messages } = makeRunDocuments(options)
  const run = new Run(uid)
  for (const message of messages) if (message.name !== 'stop') run.add(message)
  return run.toRecord()
}

/** A job for a run, with an id made of the run's uid and the entry. */
export function jobOf(run: RunRecord, changes: Partial<Job> = {}): Job {
  const { entry = 'entry' } = changes
  return makeJob({ id: `${run.uid.slice(0, 8)}-${entry}`, run, ...changes })
}

/** A job's status with an attempt that runs. */
export function running(job: Job, changes: Partial<JobStatus> = {}): JobStatus {
  return {
    ...newStatus(job),
    state: { state: 'running', progress: null },
    attempt: 1,
    tries: 1,
    startedAt: '2026-11-23T10:00:00.000Z',
    ...changes,
  }
}

/** What is noted of an attempt that runs. */
export function attemptOf(job: Job, changes: Partial<AttemptNote> = {}): AttemptNote {
  return {
    job: job.id,
    attempt: 1,
    state: 'running',
    reason: null,
    message: null,
    evidence: null,
    resultsDir: null,
    startedAt: '2026-11-23T10:00:00.000Z',
    finishedAt: null,
    ...changes,
  }
}
