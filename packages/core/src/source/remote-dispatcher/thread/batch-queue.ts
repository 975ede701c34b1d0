import { type Batch, BatchReader } from './batch.js'

/** How long one turn of the event loop may take before timers and other work get theirs, in milliseconds. */
const turn = 10

/** So many frames are taken before the clock is looked at again, which costs as much as a part of one. */
const framesPerLook = 8

/** Works off batches as they come, frame by frame, with turns for everything else in between. */
export class BatchQueue {
  readonly #take: (frame: Uint8Array) => void
  readonly #finish: () => void
  #batches: Batch[] = []
  #reader: BatchReader | undefined
  #turnEnds = 0
  #inTurn = false
  #closed = false

  /**
   * @param take - takes a frame; it must not throw.
   * @param finish - told after each batch.
   */
  constructor(take: (frame: Uint8Array) => void, finish: () => void) {
    this.#take = take
    this.#finish = finish
  }

  push(batch: Batch): void {
    if (this.#closed) return
    this.#batches.push(batch)
    this.#work()
  }

  /** Takes no more frames, also not of the batch that is being worked at. */
  close(): void {
    this.#closed = true
    this.#batches = []
    this.#reader = undefined
  }

  #work(): void {
    if (!this.#inTurn) {
      // messages are handed out many at a time: it takes an immediate to know that others had their turn
      this.#inTurn = true
      this.#turnEnds = performance.now() + turn
      setImmediate(() => {
        this.#inTurn = false
        if (this.#reader || this.#batches.length > 0) this.#work()
      })
    }
    while (performance.now() < this.#turnEnds) {
      const batch = this.#reader ? undefined : this.#batches.shift()
      if (batch) this.#reader = new BatchReader(batch)
      if (!this.#reader) return
      if (!this.#takeSome(this.#reader)) return
      this.#reader = undefined
      this.#finish()
    }
  }

  /** Takes frames until the turn is over; returns whether the batch is done with. */
  #takeSome(reader: BatchReader): boolean {
    let taken = 0
    for (let frame = reader.next(); frame; frame = reader.next()) {
      this.#take(frame)
      if (this.#closed) return true
      taken += 1
      if (taken % framesPerLook === 0 && performance.now() >= this.#turnEnds) return false
    }
    return true
  }
}
