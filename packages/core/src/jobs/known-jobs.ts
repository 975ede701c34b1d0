import { isEndState, type JobStatus } from './job.js'

/** Where each job stands: all that have not ended, and so many that have, the latest. */
export class KnownJobs {
  readonly #statuses = new Map<string, JobStatus>()
  /** The ids of those that have ended, in that order. */
  readonly #ended = new Set<string>()
  readonly #remembered: number

  constructor(remembered: number) {
    this.#remembered = remembered
  }

  has(id: string): boolean {
    return this.#statuses.has(id)
  }

  get(id: string): JobStatus | undefined {
    return this.#statuses.get(id)
  }

  set(status: JobStatus): void {
    const { id } = status.job
    this.#statuses.set(id, status)
    this.#ended.delete(id)
    if (!isEndState(status.state)) return
    this.#ended.add(id)
    const [oldest] = this.#ended
    if (this.#ended.size > this.#remembered && oldest !== undefined) {
      this.#ended.delete(oldest)
      this.#statuses.delete(oldest)
    }
  }
}
