import { failure } from '../failure.js'

const backslash = 0x5c
/** What stands behind a backslash, and its byte. */
const simpleEscapes: ReadonlyMap<number, number> = new Map(
  [
    ['\\', 0x5c],
    ["'", 0x27],
    ['"', 0x22],
    ['a', 0x07],
    ['b', 0x08],
    ['f', 0x0c],
    ['n', 0x0a],
    ['r', 0x0d],
    ['t', 0x09],
    ['v', 0x0b],
  ].map(([letter, byte]) => [(letter as string).charCodeAt(0), byte as number]),
)

/**
 * Reads the escapes of a Python 2 string literal: CPython's `PyBytes_DecodeEscape`.
 *
 * @throws BlueskyError `bad-payload` for a backslash at the end and for a `\x` without two digits.
 */
export function readEscapedBytes(bytes: Uint8Array): Uint8Array {
  const read = new Uint8Array(bytes.length)
  let length = 0
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at++] as number
    if (byte !== backslash) {
      read[length++] = byte
      continue
    }
    const letter = bytes[at++]
    if (letter === undefined) throw failure('bad-payload', 'pickle: a string ends in a backslash')
    const simple = simpleEscapes.get(letter)
    if (simple !== undefined) {
      read[length++] = simple
    } else if (letter >= 0x30 && letter <= 0x37) {
      const digits = octalDigits(bytes, at - 1)
      read[length++] = parseInt(digits, 8) & 0xff
      at += digits.length - 1
    } else if (letter === 0x78) {
      read[length++] = hexValue(bytes, at, 2)
      at += 2
    } else {
      read[length++] = backslash
      read[length++] = letter
    }
  }
  return read.subarray(0, length)
}

/**
 * Reads protocol 0's `str`: Latin-1, with `\u` and `\U` (codec `raw-unicode-escape`).
 *
 * @throws BlueskyError `bad-payload` for an escape without its digits, or beyond Unicode.
 */
export function readRawUnicode(bytes: Uint8Array): string {
  const text = new TextBuilder()
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at++] as number
    text.add(byte)
    if (byte !== backslash || at === bytes.length) continue
    const letter = bytes[at++] as number
    const digits = letter === 0x75 ? 4 : letter === 0x55 ? 8 : 0
    if (digits === 0) {
      text.add(letter)
      continue
    }
    text.replaceLast(hexValue(bytes, at, digits))
    at += digits
  }
  return text.finish()
}

function octalDigits(bytes: Uint8Array, from: number): string {
  const [digits = ''] =
    /^[0-7]{1,3}/.exec(String.fromCharCode(...bytes.subarray(from, from + 3))) ?? []
  return digits
}

function hexValue(bytes: Uint8Array, from: number, count: number): number {
  const digits = String.fromCharCode(...bytes.subarray(from, from + count))
  const value = digits.length === count && /^[\da-fA-F]+$/.test(digits) ? parseInt(digits, 16) : -1
  if (value < 0 || value > 0x10ffff) {
    throw failure('bad-payload', 'pickle: an escape without its hexadecimal digits')
  }
  return value
}

/** Gathers code points, a few thousand at a time, so that a long text takes no memory for each. */
class TextBuilder {
  #text = ''
  #codePoints: number[] = []

  add(codePoint: number): void {
    if (this.#codePoints.length >= 4096) this.#flush()
    this.#codePoints.push(codePoint)
  }

  replaceLast(codePoint: number): void {
    this.#codePoints.pop()
    this.#codePoints.push(codePoint)
  }

  finish(): string {
    this.#flush()
    return this.#text
  }

  #flush(): void {
    this.#text += String.fromCodePoint(...this.#codePoints)
    this.#codePoints = []
  }
}
