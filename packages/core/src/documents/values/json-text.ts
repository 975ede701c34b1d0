import { parse } from 'lossless-json'

import { BlueskyError } from '../../errors/bluesky-error.js'
import { type JsonScan, scanJson } from './json-scan.js'
import { toSafeNumber } from './numbers.js'

/** CPython's own limit for the digits of an integer (`sys.int_info.default_max_str_digits`). */
export const maxDigits = 4300

/** What a text may ask for. */
export interface JsonLimits {
  readonly maxDepth: number
  readonly maxContainers: number
  readonly maxValues: number
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
  if (scan.depth > limits.maxDepth) {
    throw new BlueskyError('too-deep', `the JSON nests deeper than ${limits.maxDepth} containers`)
  }
  if (scan.containers > limits.maxContainers || scan.values > limits.maxValues) {
    throw new BlueskyError(
      'too-large',
      `the JSON holds ${scan.values} values: too many to be taken`,
    )
  }
  try {
    const isPlain = scan.nonFinite.length === 0 && !scan.hasOddInteger
    return isPlain ? (JSON.parse(text) as unknown) : parsePythonJson(text, scan)
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

/** By lossless-json, which knows no NaN: numbers of a form that the text doesn't use stand for them. */
function parsePythonJson(text: string, scan: JsonScan): unknown {
  const exponent = unusedExponent(text)
  const parseNumber = (literal: string): number | bigint => {
    if (!literal.endsWith(exponent)) return parseNumberLiteral(literal)
    if (literal.startsWith('0')) return NaN
    return literal.startsWith('-') ? -Infinity : Infinity
  }
  return parse(replaceNonFinite(text, scan.nonFinite, exponent), undefined, {
    parseNumber,
    onDuplicateKey: ({ newValue }) => newValue,
  })
}

/** An exponent of more zeros than any in the text has. */
function unusedExponent(text: string): string {
  let longest = 0
  for (const [zeros] of text.matchAll(/(?<=E\+)0+/g)) longest = Math.max(longest, zeros.length)
  return `E+${'0'.repeat(longest + 1)}`
}

function replaceNonFinite(text: string, at: readonly number[], exponent: string): string {
  const parts: string[] = []
  let from = 0
  for (const position of at) {
    const isNaN = text.charAt(position) === 'N'
    parts.push(text.slice(from, position), isNaN ? '0' : '1', exponent)
    from = position + (isNaN ? 3 : 8)
  }
  parts.push(text.slice(from))
  return parts.join('')
}

function parseNumberLiteral(literal: string): number | bigint {
  if (!/^-?\d+$/.test(literal)) return Number(literal)
  if (literal.length <= 15) return Number(literal) + 0
  if (literal.length - Number(literal.startsWith('-')) > maxDigits) {
    throw new BlueskyError('too-large', `an integer of more than ${maxDigits} digits`)
  }
  return toSafeNumber(BigInt(literal))
}
