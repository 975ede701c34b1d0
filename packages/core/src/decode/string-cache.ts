import type { Budget } from './budget.js'

/** Strings up to this length are remembered: keys, and UUIDs of 36 characters. */
const longest = 48
/** A power of two. */
const slots = 1024
/** What the bytes of a remembered string take, with room for reading four at a time. */
const slotBytes = 52

const nothing: Uint8Array = new Uint8Array(0)
const nothingSeen = new DataView(nothing.buffer)

/**
 * Reads strings from a payload. Short ASCII ones are remembered by their bytes, since the same keys and
 * UIDs come with every document: a string that was seen before costs no memory, and its hash as a key
 * is known.
 */
export class StringCache {
  readonly #strings: (string | undefined)[] = new Array<undefined>(slots).fill(undefined)
  readonly #known = new DataView(new ArrayBuffer(slots * slotBytes))
  readonly #units: number[][] = Array.from({ length: longest + 1 }, (_, n) =>
    new Array<number>(n).fill(0),
  )
  readonly #decode: (bytes: Uint8Array) => string
  readonly #budget: Budget
  #bytes = nothing
  #view = nothingSeen

  /**
   * @param decode - reads what isn't short ASCII.
   * @param budget - asked for each string that takes memory.
   */
  constructor(decode: (bytes: Uint8Array) => string, budget: Budget) {
    this.#decode = decode
    this.#budget = budget
  }

  /** Reads from this payload from now on. */
  use(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes
    this.#view = view
  }

  /** Lets go of the payload. */
  forget(): void {
    this.use(nothing, nothingSeen)
  }

  /**
   * The string of `length` bytes at `at`.
   *
   * @throws BlueskyError `bad-payload` if the bytes are no text, `too-large` for too many strings.
   */
  read(at: number, length: number): string {
    if (length > longest) return this.#readUnusual(at, length)
    const view = this.#view
    const wordsEnd = at + (length & ~3)
    let hash = length
    let all = 0
    let i = at
    for (; i < wordsEnd; i += 4) {
      const word = view.getInt32(i, true)
      all |= word
      hash = Math.imul(hash ^ word, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    for (const end = at + length; i < end; i++) {
      const byte = view.getUint8(i)
      all |= byte
      hash = Math.imul(hash ^ byte, 0x9e3779b1)
    }
    if ((all & 0x80808080) !== 0) return this.#readUnusual(at, length)
    hash ^= hash >>> 13
    return this.#remembered(hash & (slots - 1), at, length)
  }

  /** A string that is long or not ASCII. */
  #readUnusual(at: number, length: number): string {
    this.#budget.takeTexts(1)
    return this.#decode(this.#bytes.subarray(at, at + length))
  }

  /** The ASCII string at `at`, from its slot if that holds it. */
  #remembered(slot: number, at: number, length: number): string {
    const string = this.#strings[slot]
    if (string !== undefined && string.length === length && this.#isKnown(slot, at, length)) {
      return string
    }
    this.#budget.takeTexts(1)
    const units = this.#units[length] as number[]
    const offset = slot * slotBytes
    for (let i = 0; i < length; i++) {
      const byte = this.#view.getUint8(at + i)
      units[i] = byte
      this.#known.setUint8(offset + i, byte)
    }
    const fresh = String.fromCharCode.apply(null, units)
    this.#strings[slot] = fresh
    return fresh
  }

  #isKnown(slot: number, at: number, length: number): boolean {
    const known = this.#known
    const view = this.#view
    const offset = slot * slotBytes
    const words = length & ~3
    let i = 0
    for (; i < words; i += 4) {
      if (known.getInt32(offset + i, true) !== view.getInt32(at + i, true)) return false
    }
    for (; i < length; i++) {
      if (known.getUint8(offset + i) !== view.getUint8(at + i)) return false
    }
    return true
  }
}
