import type { Job, JobStatus, RunRecord } from '@prompt-papermill/core'
import pino from 'pino'

import type { AttemptNote, Ledger, Received } from '../../packages/worker/src/ledger/ledger.ts'
import { LedgerError } from '../../packages/worker/src/ledger/ledger-error.ts'
import type { WorkerLogger } from '../../packages/worker/src/log/logger.ts'

/** What a full disk says. */
export const full = new LedgerError('full', 'the disk of /state is full')

/** A ledger in memory whose disk a test can fill. */
export class FailingLedger implements Partial<Ledger> {
  readonly written: string[] = []
  readonly jobsKnown = new Set<string>()
  readonly notes: AttemptNote[] = []
  /** What each write says now; null: it goes through. */
  error: Error | null = null
  tries = 0
  /** Called after each try, before it is answered. */
  tried: () => void = () => undefined

  async received({ run, jobs }: Received): Promise<readonly Job[]> {
    await this.#write(`received ${run.uid}`)
    const fresh = jobs.filter(({ id }) => !this.jobsKnown.has(id))
    for (const { id } of fresh) this.jobsKnown.add(id)
    return fresh
  }

  opened(run: RunRecord): Promise<void> {
    return this.#write(`opened ${run.uid} ${run.descriptors.length}`)
  }

  status({ job, state, attempt }: JobStatus): Promise<void> {
    return this.#write(`${job.id} ${state.state} ${attempt}`)
  }

  async attempt(note: AttemptNote): Promise<void> {
    await this.#write(`${note.job} attempt ${note.attempt} ${note.state}`)
    this.notes.push(note)
  }

  async writable(): Promise<Error | null> {
    return this.#write('probe').then(
      () => null,
      (error: unknown) => error as Error,
    )
  }

  run(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** As the contract has it; what is not written above is not used. */
  get ledger(): Ledger {
    return this as unknown as Ledger
  }

  async #write(what: string): Promise<void> {
    await Promise.resolve()
    this.tries += 1
    const { error } = this
    if (!error) this.written.push(what)
    this.tried()
    if (error) throw error
  }
}

/** A logger whose lines a test reads. */
export function readLogger(): { logger: WorkerLogger; lines: { level: number; msg: string }[] } {
  const lines: { level: number; msg: string }[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as never) }
  return { logger: pino({ level: 'debug', base: null }, stream), lines }
}
