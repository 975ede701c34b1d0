import type { Job, JobStatus, RunRecord } from '@prompt-papermill/core'

import type { WorkerLogger } from '../log/logger.js'
import { Throttle } from '../log/throttle.js'
import { LedgerError, mayPass } from './ledger-error.js'
import type { Act, AttemptNote, Ledger, Received } from './ledger.js'
import { Pauses } from './pauses.js'

/** How a {@link PatientLedger} tries again; times in milliseconds. */
export interface Patience {
  readonly first: number
  readonly longest: number
  /** How many writes are kept in memory meanwhile. */
  readonly most: number
}

/** A disk is looked at again within seconds; what is kept takes some tens of megabytes. */
const defaultPatience: Patience = { first: 100, longest: 5_000, most: 10_000 }

/** How often a trouble that lasts is said again, in milliseconds. */
const saidAgain = 60_000

/**
 * A ledger whose writes wait while it can't be written: a full disk, a folder that is gone. They are kept in memory
 * and tried again with longer and longer pauses, and nothing that waits for one of them is begun. Said in the log,
 * and as {@link Ledger.trouble}. What can never be written rejects at once.
 */
export class PatientLedger implements Ledger {
  readonly #ledger: Ledger
  readonly #logger: WorkerLogger
  readonly #patience: Patience
  readonly #pauses = new Pauses()
  readonly #throttle = new Throttle(saidAgain)
  /** The latest write of each thing: an older one never comes behind it. */
  readonly #latest = new Map<string, Promise<unknown>>()
  #kept = 0
  #trouble: LedgerError | null = null
  #probe: { readonly at: number; readonly answer: Promise<Error | null> } | undefined

  constructor(ledger: Ledger, logger: WorkerLogger, patience: Patience = defaultPatience) {
    this.#ledger = ledger
    this.#logger = logger
    this.#patience = patience
  }

  get trouble(): LedgerError | null {
    return this.#trouble
  }

  /** How many writes wait: for the disk, or to be tried again. */
  get waiting(): number {
    return this.#kept
  }

  get pruning(): Ledger['pruning'] {
    return this.#ledger.pruning
  }

  /** As it is: a mark that can't be moved is moved with the next pass. */
  get catchingUp(): Ledger['catchingUp'] {
    return this.#ledger.catchingUp
  }

  received(received: Received): Promise<readonly Job[]> {
    return this.#inOrder(`run ${received.run.uid}`, () => this.#ledger.received(received))
  }

  opened(run: RunRecord): Promise<void> {
    return this.#inOrder(`run ${run.uid}`, () => this.#ledger.opened(run))
  }

  status(status: JobStatus): Promise<void> {
    return this.#inOrder(`job ${status.job.id}`, () => this.#ledger.status(status))
  }

  attempt(note: AttemptNote): Promise<void> {
    return this.#inOrder(`job ${note.job}`, () => this.#ledger.attempt(note))
  }

  act(act: Act): Promise<void> {
    return this.#ledger.act(act)
  }

  job: Ledger['job'] = (id) => this.#ledger.job(id)
  run: Ledger['run'] = (uid) => this.#ledger.run(uid)
  jobs: Ledger['jobs'] = (query) => this.#ledger.jobs(query)
  runs: Ledger['runs'] = (query) => this.#ledger.runs(query)
  attempts: Ledger['attempts'] = (job) => this.#ledger.attempts(job)
  decision: Ledger['decision'] = (uid) => this.#ledger.decision(uid)
  acts: Ledger['acts'] = (query) => this.#ledger.acts(query)
  known: Ledger['known'] = (ids) => this.#ledger.known(ids)
  unfinishedJobs: Ledger['unfinishedJobs'] = () => this.#ledger.unfinishedJobs()
  openRuns: Ledger['openRuns'] = (limit) => this.#ledger.openRuns(limit)

  /** Anybody may ask: it is tried once a second at most. */
  async writable(): Promise<Error | null> {
    const now = performance.now()
    if (!this.#probe || now - this.#probe.at > 1000) {
      this.#probe = { at: now, answer: this.#tryToWrite() }
    }
    return this.#probe.answer
  }

  async #tryToWrite(): Promise<Error | null> {
    const trouble = await this.#ledger.writable()
    if (mayPass(trouble)) this.#tell(trouble)
    else if (trouble === null && this.#kept === 0) this.#recovered()
    return trouble
  }

  /** Waits no more: what can't be written now is tried once again, and rejects. */
  hurry(): void {
    this.#pauses.end()
  }

  async close(): Promise<void> {
    this.hurry()
    await Promise.allSettled(this.#latest.values())
    await this.#ledger.close()
  }

  #inOrder<T>(key: string, write: () => Promise<T>): Promise<T> {
    const before = this.#latest.get(key)
    // at once where nothing is before it: what comes together is committed together
    const written = before
      ? before.then(
          () => this.#persist(write),
          () => this.#persist(write),
        )
      : this.#persist(write)
    this.#latest.set(key, written)
    const forget = (): void => {
      if (this.#latest.get(key) === written) this.#latest.delete(key)
    }
    written.then(forget, forget)
    return written
  }

  async #persist<T>(write: () => Promise<T>): Promise<T> {
    const { first, longest, most } = this.#patience
    if (this.#kept >= most) throw this.#tooMany()
    this.#kept += 1
    try {
      for (let pause = first; ; pause = Math.min(pause * 2, longest)) {
        try {
          const result = await write()
          this.#recovered()
          return result
        } catch (error) {
          if (!mayPass(error)) throw error
          this.#tell(error)
          const lasting = await this.#pauses.pause(pause)
          if (!lasting) return await write()
        }
      }
    } finally {
      this.#kept -= 1
    }
  }

  #tell(error: LedgerError): void {
    this.#trouble = error
    this.#throttle.pass(error.code, () => {
      this.#logger.error(
        { code: error.code, kept: this.#kept },
        `${error.message}. Nothing new is begun until it can be written; what has come is kept in memory and tried again`,
      )
    })
  }

  #recovered(): void {
    if (!this.#trouble) return
    this.#trouble = null
    this.#logger.info({ kept: this.#kept }, 'the ledger can be written again')
  }

  #tooMany(): LedgerError {
    const message = `${this.#kept} changes wait for the ledger, as many as are kept in memory; this one is given up. Once the ledger can be written, replay the runs that it lacks`
    return new LedgerError('too-many', message)
  }
}
