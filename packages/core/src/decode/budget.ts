import { failure } from './failure.js'

/** The most containers and other objects of a payload: some 300 MB of them, whatever its length. */
export const maxObjects = 2 * 1024 * 1024
/** The most values that lists, tuples and dicts of a payload hold together. */
export const maxValues = 64 * 1024 * 1024
/** What any payload may expand to, and so many times its length. */
const leastUnits = 1024 * 1024
const unitsPerByte = 64
/** How often the bytes of a payload may be copied: into a string, from there into bytes and an array. */
const copiesPerByte = 4

/** What a payload of `bytes` may expand to: values, characters and bytes counted together. */
export function maxUnits(bytes: number): number {
  return Math.max(leastUnits, unitsPerByte * bytes)
}

/**
 * What decoding one payload may still take: asked before memory is taken, so that a payload's cost is
 * bounded by its length, whatever it says.
 */
export class Budget {
  #payloadBytes = 0
  #objects = 0
  #values = 0
  #units = 0
  #copied = 0
  #empty = 0

  /** Starts anew for a payload of so many bytes. */
  reset(payloadBytes: number): void {
    this.#payloadBytes = payloadBytes
    this.#objects = 0
    this.#values = 0
    this.#units = 0
    this.#copied = 0
    this.#empty = 0
  }

  /** How many objects have been taken. */
  get objects(): number {
    return this.#objects
  }

  /** Takes `count` objects of the heap, such as containers, bytes and complex numbers. */
  takeObjects(count: number): void {
    this.#objects += count
    if (this.#objects > maxObjects) {
      throw failure('too-large', `the payload asks for more than ${maxObjects} objects`)
    }
  }

  /** Takes room for `count` values in containers. */
  takeValues(count: number): void {
    this.#values += count
    if (this.#values > maxValues) {
      throw failure('too-large', `the payload holds more than ${maxValues} values`)
    }
  }

  /** Takes `count` values that are made of bytes, such as the elements of an array of strings. */
  takeUnits(count: number): void {
    this.#units += count
    if (this.#units > maxUnits(this.#payloadBytes)) {
      throw failure('too-large', `the payload of ${this.#payloadBytes} bytes expands too much`)
    }
  }

  /** Takes a copy of `bytes` bytes. */
  takeCopy(bytes: number): void {
    this.#copied += bytes
    if (this.#copied > Math.max(leastUnits, copiesPerByte * this.#payloadBytes)) {
      throw failure('too-large', 'the payload asks for the same bytes too many times')
    }
  }

  /** Takes `count` elements or lists that no byte of the payload stands for. */
  takeEmpty(count: number): void {
    this.#empty += count
    if (this.#empty > this.#payloadBytes) {
      throw failure('too-large', 'the payload asks for more empty elements than it has bytes')
    }
  }
}
