import type { Batch } from './batch.js'

interface Stored {
  readonly batch: Batch
  readonly frames: number
}

/** Batches that wait to be sent, in order; there may be as many as the backlog has frames. */
export class BatchStore {
  #stored: Stored[] = []
  #next = 0
  #frames = 0

  /** How many frames there are in all batches. */
  get frames(): number {
    return this.#frames
  }

  get isEmpty(): boolean {
    return this.#next === this.#stored.length
  }

  push(batch: Batch, frames: number): void {
    this.#stored.push({ batch, frames })
    this.#frames += frames
  }

  /** Takes out the oldest; undefined if there is none. */
  shift(): Batch | undefined {
    const stored = this.#stored[this.#next]
    if (!stored) return undefined
    this.#frames -= stored.frames
    this.#next += 1
    // lets go of what was taken out, some at a time: `Array.shift` moves all that is left
    if (this.#next >= 64 || this.isEmpty) {
      this.#stored = this.#stored.slice(this.#next)
      this.#next = 0
    }
    return stored.batch
  }

  clear(): void {
    this.#stored = []
    this.#next = 0
    this.#frames = 0
  }
}
