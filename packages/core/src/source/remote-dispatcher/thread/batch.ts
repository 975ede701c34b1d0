import { findBulk } from './find-bulk.js'

/** Where bulk data begins is a multiple of this, in bytes: no element of a typed array is longer. */
const alignment = 8
const wordBytes = Uint32Array.BYTES_PER_ELEMENT

/**
 * Frames in one buffer, as they go from one thread to the other: words of four bytes with how many there
 * are, where the first begins and how long each is; then the frames, one behind the other.
 */
export type Batch = ArrayBuffer

/** Copies frames into a batch, each once. `bytes` is how long they are together. */
export function packBatch(frames: readonly Uint8Array[], bytes: number): Batch {
  const start = (2 + frames.length) * wordBytes
  const batch = newBuffer(start + bytes)
  const words = new Uint32Array(batch, 0, 2 + frames.length)
  const copies = new Uint8Array(batch)
  words[0] = frames.length
  words[1] = start
  let at = start
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as Uint8Array
    words[2 + i] = frame.length
    copies.set(frame, at)
    at += frame.length
  }
  return batch
}

/**
 * Copies one frame into a batch of its own, such that its bulk data, where it has some, is aligned: a
 * decoder can then make a typed array of it without another copy.
 */
export function packAlone(frame: Uint8Array): Batch {
  const least = 3 * wordBytes
  const misfit = (least + findBulk(frame)) % alignment
  const start = misfit === 0 ? least : least + alignment - misfit
  const batch = newBuffer(start + frame.length)
  new Uint32Array(batch, 0, 3).set([1, start, frame.length])
  new Uint8Array(batch).set(frame, start)
  return batch
}

/** Takes the frames out of a batch one by one, as views of it. */
export class BatchReader {
  readonly #batch: Batch
  readonly #lengths: Uint32Array
  #next = 0
  #at: number

  constructor(batch: Batch) {
    const [count, start] = new Uint32Array(batch, 0, 2) as unknown as [number, number]
    this.#batch = batch
    this.#lengths = new Uint32Array(batch, 2 * wordBytes, count)
    this.#at = start
  }

  /** The next frame; undefined behind the last. */
  next(): Uint8Array | undefined {
    const length = this.#lengths[this.#next]
    if (length === undefined) return undefined
    const frame = new Uint8Array(this.#batch, this.#at, length)
    this.#next += 1
    this.#at += length
    return frame
  }
}

/** A buffer that can be handed to another thread, and isn't filled with zeros first. */
function newBuffer(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer
}
