import { BlueskyError } from '../../errors/bluesky-error.js'

/** What waits to be written, of all runs together: a disk that hangs must not take the memory. */
export class Backlog {
  readonly #most: number
  #bytes = 0

  /** @param most - in bytes. */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Takes in so many bytes.
   *
   * @throws BlueskyError `full` if more would wait than may.
   */
  add(bytes: number): void {
    if (this.#bytes + bytes > this.#most) {
      throw new BlueskyError(
        'full',
        `the disk with the runs' documents does not keep up: ${this.#bytes} bytes wait to be written, ` +
          `and ${this.#most} is as much as is kept in memory. Replay the run once the disk is well`,
      )
    }
    this.#bytes += bytes
  }

  /** So many bytes are written, or given up. */
  remove(bytes: number): void {
    this.#bytes -= bytes
  }
}
