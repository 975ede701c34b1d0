import type { JobStatus, RunRecord } from '@prompt-papermill/core'

/** A run as the ledger knows it. */
export interface RunEntry {
  readonly run: RunRecord
  /** When its Run Start and Run Stop were received: ISO 8601, UTC. */
  readonly startedAt: string | null
  readonly stoppedAt: string | null
}

/** What a ledger holds. */
export interface LedgerContents {
  /** Oldest first. */
  readonly runs: ReadonlyMap<string, RunEntry>
  readonly jobs: ReadonlyMap<string, JobStatus>
}

/** Remembers runs and jobs beyond the worker's life: the contract of every ledger. */
export interface Ledger {
  readonly contents: LedgerContents
  /** Notes a run that has begun or stopped; resolves when it is written. */
  noteRun(entry: RunEntry): Promise<void>
  /** Notes where a job stands; resolves when it is written. */
  noteJob(status: JobStatus): Promise<void>
  /** Resolves when all is written. */
  close(): Promise<void>
}
