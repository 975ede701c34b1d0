import type { Job, JobStatus, RunRecord } from '@prompt-papermill/core'

import { jobStatus, runRecord } from './from-columns.js'
import type { Act, AttemptNote, Ledger, LedgerCatchUp, LedgerPruning, Received } from './ledger.js'
import { LedgerError } from './ledger-error.js'
import { SqliteReader } from './sqlite-reader.js'
import type { CallLedger, ReadMethod } from './sqlite/protocol.js'
import { LedgerThread } from './thread-client.js'
import {
  actColumns,
  attemptColumns,
  receivedColumns,
  runColumns,
  statusColumns,
} from './to-columns.js'

/**
 * The ledger as an SQLite database below the state folder. A thread writes, another reads, so that a long
 * question delays no commit; the second begins with the first question.
 */
export class SqliteLedger extends SqliteReader implements Ledger {
  readonly #writer: LedgerThread
  readonly #read: CallLedger
  readonly pruning: LedgerPruning
  readonly catchingUp: LedgerCatchUp

  private constructor(writer: LedgerThread, readers: Readers) {
    super(readers.call, async () => {
      await readers.close()
      await writer.close()
    })
    this.#writer = writer
    this.#read = readers.call
    this.pruning = {
      oldAttempts: (paging) => this.#read('oldAttempts', paging),
      forgetFolder: (attempt) => writer.call('forgetFolder', attempt),
      oldRuns: (paging) => this.#read('oldRuns', paging),
      forgetRun: (uid, before) => writer.call('forgetRun', uid, before),
      isBusy: (uid) => this.#read('isBusy', uid),
    }
    this.catchingUp = {
      decided: async (uids) => new Set(await this.#read('decidedRuns', uids)),
      mark: async (server) => {
        const found = await this.#read('catchUpMark', server)
        return found ? { from: found.from_time, upTo: found.up_to } : null
      },
      setMark: (server, { from, upTo }) =>
        writer.call('setCatchUpMark', { server, from_time: from, up_to: upTo }),
    }
  }

  /**
   * Opens a state folder's ledger for the one worker that may write to it.
   *
   * @throws LedgerError `locked` if another has it, and for what is wrong with the database.
   */
  static async open(state: string): Promise<SqliteLedger> {
    const writer = await LedgerThread.open({ state, role: 'writer' })
    return new SqliteLedger(writer, new Readers(state))
  }

  /**
   * Opens the ledger that a state folder has for a few changes, beside the worker that may run.
   *
   * @throws LedgerError `gone` if there is none, and as {@link SqliteLedger.open}.
   */
  static async openBeside(state: string): Promise<SqliteLedger> {
    const writer = await LedgerThread.open({ state, role: 'beside' })
    return new SqliteLedger(writer, new Readers(state))
  }

  /** Always null here: what can't be written rejects. */
  get trouble(): null {
    return null
  }

  async received(received: Received): Promise<readonly Job[]> {
    const columns = receivedColumns(received, now())
    const fresh = new Set(await this.#writer.call('received', columns))
    return received.jobs.filter(({ id }) => fresh.has(id))
  }

  async opened(run: RunRecord): Promise<void> {
    if (run.stop) {
      const message = `run ${run.uid} has stopped: it is received, together with its jobs`
      throw new LedgerError('refused', message)
    }
    await this.#writer.call('opened', runColumns(run, now()))
  }

  async status(status: JobStatus): Promise<void> {
    await this.#writer.call('status', statusColumns(status))
  }

  async attempt(note: AttemptNote): Promise<void> {
    await this.#writer.call('attempt', attemptColumns(note))
  }

  async act(act: Act): Promise<void> {
    await this.#writer.call('act', actColumns(act, now()))
  }

  async unfinishedJobs(): Promise<readonly JobStatus[]> {
    return (await this.#read('unfinishedJobs')).map(jobStatus)
  }

  async openRuns(limit: number): Promise<readonly RunRecord[]> {
    return (await this.#read('openRuns', limit)).map(runRecord)
  }

  async writable(): Promise<LedgerError | null> {
    try {
      await this.#writer.call('probe')
      return null
    } catch (error) {
      return error as LedgerError
    }
  }
}

/** The thread that reads, started when something is first asked. */
class Readers {
  readonly #state: string
  #thread: Promise<LedgerThread> | undefined

  constructor(state: string) {
    this.#state = state
  }

  readonly call: CallLedger = async (method, ...args) => {
    this.#thread ??= this.#open()
    return (await this.#thread).call(method as ReadMethod, ...(args as never)) as never
  }

  async close(): Promise<void> {
    const thread = await this.#thread?.catch(() => undefined)
    await thread?.close()
  }

  async #open(): Promise<LedgerThread> {
    try {
      return await LedgerThread.open({ state: this.#state, role: 'reader' })
    } catch (error) {
      // the next question tries again
      this.#thread = undefined
      throw error
    }
  }
}

function now(): string {
  return new Date().toISOString()
}
