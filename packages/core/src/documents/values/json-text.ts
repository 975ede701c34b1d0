import { BlueskyError } from '../../errors/bluesky-error.js'
import { type JsonScan, scanJson } from './json-scan.js'
import { toSafeNumber } from './numbers.js'
import { setOwn } from './own-properties.js'

/** CPython's own limit for the digits of an integer (`sys.int_info.default_max_str_digits`). */
export const maxDigits = 4300

/** What a text may ask for. */
export interface JsonLimits {
  readonly maxDepth: number
  readonly maxContainers: number
  readonly maxValues: number
  /** Strings, keys among them. */
  readonly maxTexts: number
  /** Comparisons of a character for telling long keys apart, at worst. */
  readonly maxKeySteps: number
}

/** For a text of our own, or of a file on this machine: bounded only so far that the stack can't overflow. */
export const trustedJson: JsonLimits = {
  maxDepth: 2000,
  maxContainers: Infinity,
  maxValues: Infinity,
  maxTexts: Infinity,
  maxKeySteps: Infinity,
}

/**
 * Parses JSON as Python's `json.loads` does: `NaN`, `Infinity` and `-Infinity` are floats, integers may
 * be of any size (a bigint where a number isn't exact), of equal keys the last one counts.
 * `__proto__` is a key as any other.
 *
 * @throws BlueskyError `bad-payload` if the text isn't JSON; `too-deep` and `too-large` beyond the limits.
 */
export function parseJsonText(text: string, limits: JsonLimits): unknown {
  const scan = scanJson(text)
  checkLimits(scan, limits)
  try {
    return scan.odd.length === 0 ? (JSON.parse(text) as unknown) : parseOddNumbers(text, scan.odd)
  } catch (error) {
    if (error instanceof BlueskyError) throw error
    if (error instanceof RangeError) {
      throw new BlueskyError('too-deep', 'the JSON nests too deep for this machine', {
        cause: error,
      })
    }
    throw new BlueskyError('bad-payload', `not JSON: ${(error as Error).message}`, { cause: error })
  }
}

function checkLimits(scan: JsonScan, limits: JsonLimits): void {
  if (scan.depth > limits.maxDepth) {
    throw new BlueskyError('too-deep', `the JSON nests deeper than ${limits.maxDepth} containers`)
  }
  if (scan.containers > limits.maxContainers || scan.values > limits.maxValues) {
    throw new BlueskyError(
      'too-large',
      `the JSON holds ${scan.values} values in ${scan.containers} containers: too many to be taken`,
    )
  }
  if (scan.texts > limits.maxTexts) {
    throw new BlueskyError('too-large', `the JSON holds more than ${limits.maxTexts} strings`)
  }
  if (scan.keySteps > limits.maxKeySteps) {
    throw new BlueskyError('too-large', 'the JSON has too many long texts as keys')
  }
}

/**
 * Parses a text with numbers that `JSON.parse` doesn't know or can't hold: they go through it as strings that
 * begin with a character which the text has nowhere else.
 *
 * @param odd - where each of them starts and ends, in turn.
 */
function parseOddNumbers(text: string, odd: readonly number[]): unknown {
  const mark = unusedCharacter(text)
  const parts: string[] = []
  let from = 0
  for (let i = 0; i < odd.length; i += 2) {
    const [start, end] = [odd[i] as number, odd[i + 1] as number]
    parts.push(text.slice(from, start), '"', mark, text.slice(start, end), '"')
    from = end
  }
  parts.push(text.slice(from))
  return readOddNumbers(JSON.parse(parts.join('')), mark)
}

/** Characters that Unicode keeps for such uses, and no text has. */
const nonCharacters = Array.from({ length: 32 }, (_, i) => 0xfdd0 + i)

/** @throws BlueskyError `bad-payload` for a text that has all of them. */
function unusedCharacter(text: string): string {
  const isUnused = (code: number) =>
    !text.includes(String.fromCharCode(code)) &&
    !new RegExp(`\\\\u${code.toString(16)}`, 'i').test(text)
  const code = nonCharacters.find(isUnused)
  if (code !== undefined) return String.fromCharCode(code)
  throw new BlueskyError('bad-payload', 'the JSON has every noncharacter of Unicode in it')
}

/** Puts numbers in the places of the strings that stand for them. Keeps its own stack. */
function readOddNumbers(root: unknown, mark: string): unknown {
  const read = (value: unknown): unknown =>
    typeof value === 'string' && value.startsWith(mark) ? readOddNumber(value.slice(1)) : value
  const waiting: object[] = []
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return read(value)
    waiting.push(value)
    return value
  }
  const result = visit(root)
  for (let container = waiting.pop(); container !== undefined; container = waiting.pop()) {
    if (Array.isArray(container)) {
      for (let i = 0; i < container.length; i++) container[i] = visit(container[i])
    } else {
      const record = container as Record<string, unknown>
      for (const key of Object.keys(record)) {
        const value = record[key]
        const other = visit(value)
        if (other !== value) setOwn(record, key, other)
      }
    }
  }
  return result
}

function readOddNumber(literal: string): number | bigint {
  switch (literal) {
    case 'NaN':
      return NaN
    case 'Infinity':
      return Infinity
    case '-Infinity':
      return -Infinity
    default:
      if (literal.length - Number(literal.startsWith('-')) > maxDigits) {
        throw new BlueskyError('too-large', `an integer of more than ${maxDigits} digits`)
      }
      return toSafeNumber(BigInt(literal))
  }
}
