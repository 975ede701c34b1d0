/** What a text of JSON would take to parse, found without parsing it. */
export interface JsonScan {
  /** How deep containers nest. */
  readonly depth: number
  /** Containers, opened or not closed. */
  readonly containers: number
  /** At most so many values and keys. */
  readonly values: number
  /** Strings, keys among them. */
  readonly texts: number
  /** Comparisons of a character that telling apart long keys takes at worst. */
  readonly keySteps: number
  /**
   * Where numbers start and end, in turn, that `JSON.parse` doesn't take or would change: a bare `NaN` or
   * `Infinity`, integers that a number can't hold, and the integer `-0`.
   */
  readonly odd: readonly number[]
}

/** V8 hashes strings beyond this by their length alone, so that each is compared with all before. */
const longestHashed = 16_383
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
  let texts = 0
  let longKeys = 0
  let keySteps = 0
  const odd: number[] = []
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === quoteMark) {
      const end = endOfString(text, i)
      texts++
      const length = end - i - 1
      if (length > longestHashed && text.charAt(endOfBlanks(text, end + 1)) === ':') {
        keySteps += longKeys++ * length
      }
      i = end
    } else if (unit === minus || (unit >= zero && unit <= 0x39)) {
      const end = endOfDigits(text, unit === minus ? i + 1 : i)
      if (isOddInteger(text, i, end) && isValue(text, i, end)) odd.push(i, end)
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
      pushNonFinite(text, i, odd)
    }
  }
  return { depth: deepest, containers, values, texts, keySteps, odd }
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

function endOfBlanks(text: string, from: number): number {
  let end = from
  while (' \t\n\r'.includes(text.charAt(end)) && end < text.length) end++
  return end
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

/** Whether an integer may lose digits in `JSON.parse`, or its being an integer (`-0`). */
function isOddInteger(text: string, from: number, end: number): boolean {
  const next = text.charCodeAt(end)
  // a fraction or an exponent makes it a float
  if (next === 0x2e || next === 0x65 || next === 0x45) return false
  const first = text.charCodeAt(from) === minus ? from + 1 : from
  if (text.charCodeAt(first) === zero) return first > from && end === first + 1
  return end - from >= 16
}

/** Notes a `NaN`, `Infinity` or `-Infinity` whose `N` or `I` is at `at`. */
function pushNonFinite(text: string, at: number, odd: number[]): void {
  const token = text.charCodeAt(at) === 0x4e ? 'NaN' : 'Infinity'
  if (!text.startsWith(token, at)) return
  const isNegative = token === 'Infinity' && text.charCodeAt(at - 1) === minus
  const start = isNegative ? at - 1 : at
  const end = at + token.length
  if (isValue(text, start, end)) odd.push(start, end)
}

/**
 * Whether what stands there is a value of its own, with nothing before or behind that would be part of it or
 * make a key of it.
 */
function isValue(text: string, start: number, end: number): boolean {
  if (start > 0 && !' \t\n\r,:['.includes(text.charAt(start - 1))) return false
  const next = endOfBlanks(text, end)
  return next === text.length || ',]}'.includes(text.charAt(next))
}
