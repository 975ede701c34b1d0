import {
  isEndState,
  type Job,
  type JobQueue,
  type JobStatus,
  newStatus,
  type Performer,
} from '@prompt-papermill/core'

import type { Ledger } from './ledger.js'

/**
 * A queue that notes its jobs in the ledger: before they are queued, and whenever they stand elsewhere. Jobs
 * that the ledger has are not taken in again.
 */
export class RecordingQueue implements JobQueue {
  readonly events: JobQueue['events']
  readonly #queue: JobQueue
  readonly #ledger: Ledger

  /**
   * @param failed - told when the ledger could not be written.
   */
  constructor(queue: JobQueue, ledger: Ledger, failed: (error: unknown) => void) {
    this.#queue = queue
    this.#ledger = ledger
    this.events = queue.events
    queue.events.on('status', (status) => {
      if (this.#isNews(status)) this.#ledger.noteJob(status).catch(failed)
    })
  }

  start(performer: Performer): Promise<void> {
    return this.#queue.start(performer)
  }

  async add(jobs: readonly Job[]): Promise<readonly Job[]> {
    const fresh = jobs.filter(({ id }) => !this.#ledger.contents.jobs.has(id))
    await Promise.all(fresh.map((job) => this.#ledger.noteJob(newStatus(job))))
    return this.#queue.add(fresh)
  }

  cancel(id: string, message: string): Promise<boolean> {
    return this.#queue.cancel(id, message)
  }

  rerun(status: JobStatus): Promise<boolean> {
    return this.#queue.rerun(status)
  }

  pause(): Promise<void> {
    return this.#queue.pause()
  }

  resume(): Promise<void> {
    return this.#queue.resume()
  }

  async get(id: string): Promise<JobStatus | undefined> {
    return (await this.#queue.get(id)) ?? this.#ledger.contents.jobs.get(id)
  }

  idle(): Promise<void> {
    return this.#queue.idle()
  }

  stop(grace: number): Promise<void> {
    return this.#queue.stop(grace)
  }

  /** Progress within an attempt is not worth a line. */
  #isNews(status: JobStatus): boolean {
    const known = this.#ledger.contents.jobs.get(status.job.id)
    return (
      known?.state.state !== status.state.state ||
      known.attempt !== status.attempt ||
      isEndState(status.state)
    )
  }
}
