import { failure } from './failure.js'

/** The most containers and other objects of a payload: some 400 MB of them, whatever its length. */
export const maxObjects = 2 * 1024 * 1024
/** The most values that lists, tuples and dicts of a payload hold together: 800 MB if all are floats. */
export const maxValues = 32 * 1024 * 1024
/** The most strings and long integers of a payload that were not just read before: some 300 MB. */
export const maxTexts = 8 * 1024 * 1024
/**
 * What it may take, at worst, to find the places of a payload's keys, in comparisons of a word or a character:
 * some 0.3 s. V8 hashes numbers by a fixed rule, integers beyond 64 bits by their last 64 and very long strings
 * by their length, so that a payload can have keys which all fall into one place; n of them take n * n / 2
 * comparisons. A dict of 11,585 integers is as many as it allows.
 */
export const maxKeySteps = 64 * 1024 * 1024
/** V8 hashes strings beyond this by their length alone. */
export const longestHashed = 16_383
/** What any payload may expand to, and so many times its length. */
const leastUnits = 1024 * 1024
const unitsPerByte = 64
/** What arrays may come to as values, and so many for each byte: a structure's fields may share their bytes. */
const leastElements = 65_536
const elementsPerByte = 4
/** How often the bytes of a payload may be copied: into a string, from there into bytes and an array. */
const copiesPerByte = 4

/** What a payload of `bytes` may expand to: values, characters and bytes counted together. */
function maxUnits(bytes: number): number {
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
  #elements = 0
  #copied = 0
  #empty = 0
  #treeUnits = 0
  #texts = 0
  #keySteps = 0
  #longKeys = 0

  /** Starts anew for a payload of so many bytes. */
  reset(payloadBytes: number): void {
    this.#payloadBytes = payloadBytes
    this.#objects = 0
    this.#values = 0
    this.#elements = 0
    this.#copied = 0
    this.#empty = 0
    this.#treeUnits = 0
    this.#texts = 0
    this.#keySteps = 0
    this.#longKeys = 0
  }

  /** What the value may come to when it is written out as a tree, with what is in it as often as it appears. */
  get maxTreeUnits(): number {
    return maxUnits(this.#payloadBytes)
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

  /** Takes `count` values that are made of the bytes of an array, such as the fields of structures. */
  takeElements(count: number): void {
    this.takeValues(count)
    this.#elements += count
    if (this.#elements > Math.max(leastElements, elementsPerByte * this.#payloadBytes)) {
      throw failure('too-large', `the payload of ${this.#payloadBytes} bytes expands too much`)
    }
  }

  /** Takes a part of the value that comes to `count` values, characters and bytes as a tree. */
  takeTree(count: number): void {
    this.#treeUnits += count
    if (this.#treeUnits > this.maxTreeUnits) {
      throw failure('too-large', `the payload of ${this.#payloadBytes} bytes expands too much`)
    }
  }

  /** Takes `count` strings or long integers that need memory of their own. */
  takeTexts(count: number): void {
    this.#texts += count
    if (this.#texts > maxTexts) {
      throw failure('too-large', `the payload holds more than ${maxTexts} strings`)
    }
  }

  /** Takes so many comparisons for finding the place of a key. */
  takeKeySteps(count: number): void {
    this.#keySteps += count
    if (this.#keySteps > maxKeySteps) {
      throw failure('too-large', 'the payload has too many numbers or long texts as keys of dicts')
    }
  }

  /** Takes a key of so many characters, more than are hashed: V8 keeps all strings that are keys in one table. */
  takeLongKey(length: number): void {
    this.takeKeySteps(this.#longKeys++ * length)
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
