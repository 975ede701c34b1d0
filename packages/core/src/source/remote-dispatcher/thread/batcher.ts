import { type Batch, packAlone, packBatch } from './batch.js'
import { BatchStore } from './batch-store.js'
import type { Flow } from './flow.js'
import type { BacklogShares } from './limits.js'

/** A longer frame, in bytes, gets a buffer of its own. */
const longestShared = 65_536
/** So many bytes fill a batch, however few frames they are. */
const fullBytes = 262_144
/** While the program has no more batches than this to work at, it gets each frame at once. */
const fewBatches = 1

/** Who gets what a {@link Batcher} has collected. */
export interface BatchReceiver {
  batch(batch: Batch): void
  /** So many frames were thrown away: there was no room, since the program was busy for too long. */
  lost(frames: number): void
}

/**
 * Collects frames into batches for the program. While the program keeps up it gets what there is at once;
 * while it is busy, frames gather to full batches, and these wait here until the backlog is full. What
 * comes then is thrown away.
 *
 * It is not left to 0MQ's high-water mark: 0MQ stops reading from a connection there, so that it misses the
 * other end's heartbeats and takes it for dead, and libzmq 4.3.5 then ends the whole process with a failed
 * assertion (libzmq's issue 3937).
 */
export class Batcher {
  readonly #shares: BacklogShares
  readonly #flow: Flow
  readonly #receiver: BatchReceiver
  readonly #store = new BatchStore()
  #frames: Uint8Array[] = []
  #bytes = 0
  #sent = 0
  #lost = 0

  constructor(shares: BacklogShares, flow: Flow, receiver: BatchReceiver) {
    this.#shares = shares
    this.#flow = flow
    this.#receiver = receiver
  }

  /** Takes in the parts of a message; each is a frame. */
  add(parts: readonly Uint8Array[]): void {
    for (const frame of parts) {
      if (frame.length > longestShared) {
        this.#close()
        this.#send(1, () => packAlone(frame))
        continue
      }
      this.#bytes += frame.length
      const isFull = this.#frames.push(frame) >= this.#shares.frames || this.#bytes >= fullBytes
      if (isFull) this.#close()
    }
  }

  /** Nothing more is there for the moment: what was collected goes out unless the program is busy anyway. */
  pause(): void {
    if (this.#frames.length > 0 && this.#store.isEmpty && this.#isFree(fewBatches)) this.#close()
  }

  /** The program has come along, as it was asked to say. */
  woken(): void {
    if (this.#lost > 0) {
      this.#receiver.lost(this.#lost)
      this.#lost = 0
    }
    this.#sendStored()
    this.pause()
  }

  /** Lets go of everything. */
  end(): void {
    this.#frames = []
    this.#bytes = 0
    this.#store.clear()
  }

  /** Makes a batch of what was collected. */
  #close(): void {
    const frames = this.#frames
    const bytes = this.#bytes
    if (frames.length === 0) return
    this.#frames = []
    this.#bytes = 0
    this.#send(frames.length, () => packBatch(frames, bytes))
  }

  /** Sends a batch of so many frames now, or stores it; or it is lost, and then isn't even packed. */
  #send(frames: number, pack: () => Batch): void {
    this.#sendStored()
    if (this.#store.isEmpty && this.#isFree(this.#shares.batches - 1)) {
      this.#post(pack())
    } else if (this.#store.frames + frames <= this.#shares.held) {
      this.#store.push(pack(), frames)
    } else {
      this.#lost += frames
    }
  }

  #sendStored(): void {
    while (!this.#store.isEmpty && this.#isFree(this.#shares.batches - 1)) {
      this.#post(this.#store.shift() as Batch)
    }
  }

  #post(batch: Batch): void {
    this.#receiver.batch(batch)
    this.#sent = (this.#sent + 1) | 0
  }

  /** Whether the program has no more than `most` batches; if it has more, it will say when it has come along. */
  #isFree(most: number): boolean {
    if (this.#flow.inFlight(this.#sent) <= most) return true
    // once at its limit, half of that first: each time costs both threads a wake-up
    return this.#flow.wake(this.#sent, most === fewBatches ? most : most >> 1)
  }
}
