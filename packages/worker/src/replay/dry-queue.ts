import { type Job, type JobQueue, type JobQueueEvents, newStatus } from '@prompt-papermill/core'
import { EventEmitter } from 'eventemitter3'

/** Takes jobs in and performs none: for finding out what would be done. */
export class DryQueue implements JobQueue {
  readonly events = new EventEmitter<JobQueueEvents>()
  readonly #known: ReadonlySet<string>

  /**
   * @param known - the ids of the jobs that the ledger has.
   */
  constructor(known: ReadonlySet<string>) {
    this.#known = known
  }

  add(jobs: readonly Job[]): Promise<readonly Job[]> {
    const fresh = jobs.filter(({ id }) => !this.#known.has(id))
    for (const job of fresh) this.events.emit('status', newStatus(job))
    return Promise.resolve(fresh)
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  cancel(): Promise<boolean> {
    return Promise.resolve(false)
  }

  rerun(): Promise<boolean> {
    return Promise.resolve(false)
  }

  pause(): Promise<void> {
    return Promise.resolve()
  }

  resume(): Promise<void> {
    return Promise.resolve()
  }

  get(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  idle(): Promise<void> {
    return Promise.resolve()
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}
