import type { BlueskyError } from '../errors/bluesky-error.js'
import { maxDigits } from '../documents/values/json-text.js'
import { toSafeNumber } from '../documents/values/numbers.js'
import { failure } from './failure.js'

/** So many bytes hold any integer of {@link maxDigits} digits, and its sign. */
const maxIntegerBytes = Math.ceil((maxDigits * Math.log2(10) + 1) / 8)
const tooManyDigits = 10n ** BigInt(maxDigits)

/**
 * An integer from its little-endian two's complement, as pickle's LONG1 and LONG4 hold it.
 *
 * @throws BlueskyError `too-large` beyond some 4,300 digits, CPython's own limit for text.
 */
export function integerFromBytes(bytes: Uint8Array, from: number, length: number): number | bigint {
  if (length > maxIntegerBytes) throw tooLarge(`of ${length} bytes`)
  if (length <= 6) return smallInteger(bytes, from, length)
  let hex = '0x'
  for (let i = from + length - 1; i >= from; i--) {
    hex += (bytes[i] as number).toString(16).padStart(2, '0')
  }
  const value = BigInt.asIntN(length * 8, BigInt(hex))
  if (length === maxIntegerBytes && (value >= tooManyDigits || value <= -tooManyDigits)) {
    throw tooLarge(`of ${length} bytes`)
  }
  return toSafeNumber(value)
}

function tooLarge(size: string): BlueskyError {
  return failure('too-large', `an integer ${size}; at most ${maxDigits} decimal digits are taken`)
}

function smallInteger(bytes: Uint8Array, from: number, length: number): number {
  if (length === 0) return 0
  let value = 0
  for (let i = from + length - 1; i >= from; i--) value = value * 256 + (bytes[i] as number)
  const isNegative = (bytes[from + length - 1] as number) >= 0x80
  return isNegative ? value - 2 ** (length * 8) : value
}

/**
 * An integer from its text, as Python's `int(text, 0)` reads what pickle writes: decimal, or hexadecimal
 * or octal with their prefix.
 *
 * @returns undefined if the text is no integer.
 * @throws BlueskyError `too-large` beyond 4,300 digits.
 */
export function integerFromText(text: string): number | bigint | undefined {
  const [, sign, digits] =
    /^\s*([+-]?)(0+|[1-9]\d*|0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)\s*$/.exec(text) ?? []
  if (digits === undefined) return undefined
  if (digits.length > maxDigits) throw tooLarge(`of ${digits.length} digits`)
  if (digits.length <= 15 && /^\d+$/.test(digits)) {
    return sign === '-' ? 0 - Number(digits) : Number(digits)
  }
  const size = BigInt(digits)
  return toSafeNumber(sign === '-' ? -size : size)
}

/**
 * A float from its text, as pickle's FLOAT holds it (`repr(float)`).
 *
 * @returns undefined if the text is no float, or one beyond all floats.
 */
export function floatFromText(text: string): number | undefined {
  const special = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(text)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return NaN
    return special[1] === '-' ? -Infinity : Infinity
  }
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
