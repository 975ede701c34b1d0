import { BlueskyError } from '../errors/bluesky-error.js'
import { isEndState, type JobStatus } from './job.js'

/** How many jobs a queue holds that have not begun, and what becomes of those for which there is no room. */
export class Capacity {
  readonly #most: number
  readonly #held: () => number
  #refused = 0

  /**
   * @param held - how many it holds now.
   */
  constructor(most: number, held: () => number) {
    this.#most = most
    this.#held = held
  }

  /** How many were turned away. */
  get refused(): number {
    return this.#refused
  }

  /** A new job's status: that it has failed, where there is no room for it. */
  admit(status: JobStatus): JobStatus {
    if (isEndState(status.state) || !this.#isFull()) return status
    this.#refused += 1
    const message = `${this.#message()}; rerun it when there is`
    const state = { state: 'failed', reason: 'not-started', message } as const
    return { ...status, state, finishedAt: new Date().toISOString() }
  }

  /**
   * Checks that there is room for a job that somebody asks for.
   *
   * @throws BlueskyError `full`
   */
  check(): void {
    if (this.#isFull()) throw new BlueskyError('full', this.#message())
  }

  #isFull(): boolean {
    return this.#held() >= this.#most
  }

  #message(): string {
    return `the queue holds ${this.#most} jobs, as many as it may, and has no room for this one`
  }
}
