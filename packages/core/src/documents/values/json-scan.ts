/** What a text of JSON would take to parse, found without parsing it. */
export interface JsonScan {
  /** How deep containers nest. */
  readonly depth: number
  /** Containers, opened or not closed. */
  readonly containers: number
  /** At most so many values and keys. */
  readonly values: number
  /** Where a bare `NaN` or `Infinity` stands as a value. */
  readonly nonFinite: readonly number[]
  /** Whether an integer may lose digits in `JSON.parse`, or its being an integer (`-0`). */
  readonly hasOddInteger: boolean
}

const quoteMark = 0x22
const backslash = 0x5c
const minus = 0x2d
const zero = 0x30

/**
 * Reads through a text of JSON once. On a text that isn't JSON the numbers hold up to its first fault,
 * where every parser stops.
 */
export function scanJson(text: string): JsonScan {
  let depth = 0
  let deepest = 0
  let containers = 0
  let values = 1
  let hasOddInteger = false
  const nonFinite: number[] = []
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === quoteMark) {
      i = endOfString(text, i)
    } else if (unit === minus || (unit >= zero && unit <= 0x39)) {
      const end = endOfDigits(text, unit === minus ? i + 1 : i)
      hasOddInteger ||= isOddInteger(text, i, end)
      i = Math.max(endOfFraction(text, end) - 1, i)
    } else if (unit === 0x5b || unit === 0x7b) {
      containers++
      values++
      if (++depth > deepest) deepest = depth
    } else if (unit === 0x5d || unit === 0x7d) {
      depth--
    } else if (unit === 0x2c || unit === 0x3a) {
      values++
    } else if (unit === 0x4e || unit === 0x49) {
      if (isNonFinite(text, i)) nonFinite.push(i)
    }
  }
  return { depth: deepest, containers, values, nonFinite, hasOddInteger }
}

/** Where the string ends that starts at `from`. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1)
  while (end !== -1) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    // an even number of backslashes escape each other
    if ((end - before) % 2 === 1) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}

function endOfDigits(text: string, from: number): number {
  let end = from
  while (text.charCodeAt(end) >= zero && text.charCodeAt(end) <= 0x39) end++
  return end
}

/** Behind the fraction and the exponent of a number whose whole part ends at `end`. */
function endOfFraction(text: string, end: number): number {
  return text.charCodeAt(end) === 0x2e ? endOfDigits(text, end + 1) : end
}

function isOddInteger(text: string, from: number, end: number): boolean {
  const next = text.charCodeAt(end)
  // a fraction or an exponent makes it a float
  if (next === 0x2e || next === 0x65 || next === 0x45) return false
  if (end - from >= 16) return true
  return end === from + 2 && text.charCodeAt(from) === minus && text.charCodeAt(from + 1) === zero
}

/** Whether a value of its own stands there, with nothing before or behind that would be part of it. */
function isNonFinite(text: string, at: number): boolean {
  const token = text.charCodeAt(at) === 0x4e ? 'NaN' : 'Infinity'
  if (!text.startsWith(token, at)) return false
  const isNegative = token === 'Infinity' && text.charCodeAt(at - 1) === minus
  const before = at - (isNegative ? 2 : 1)
  const behind = at + token.length
  return (
    (before < 0 || ' \t\n\r,:['.includes(text.charAt(before))) &&
    (behind === text.length || ' \t\n\r,]}'.includes(text.charAt(behind)))
  )
}
