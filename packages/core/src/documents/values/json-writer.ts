import { BlueskyError } from '../../errors/bluesky-error.js'

/** A container on its way into JSON: an object where it has keys, else an array. */
export interface JsonContainer {
  /** What it was made from, by which a cycle is recognised. */
  readonly origin: object
  readonly keys: readonly string[] | undefined
  /** By key or by index. */
  readonly items: Readonly<Record<string, unknown>> | readonly unknown[]
}

/** Another value to write in a value's place. */
export interface JsonReplacement {
  readonly value: unknown
}

/** How values that JSON doesn't have are written. */
export interface JsonDialect {
  /** A float that isn't a finite number other than -0. */
  oddNumber(value: number): string
  /** Any object but an array: finished JSON, or what to write in its place. */
  object(value: object, path: () => string): string | JsonContainer | JsonReplacement
}

interface Level extends JsonContainer {
  readonly length: number
  index: number
}

/**
 * Writes a value as JSON without spaces. It keeps its own stack, so that no depth is too much for it.
 *
 * @throws BlueskyError `not-representable` for what has no form in the dialect, naming its path; `cyclic`
 *   if a value contains itself.
 */
export function writeJson(root: unknown, dialect: JsonDialect): string {
  const levels: Level[] = []
  const path = () => describePath(levels)
  let checkCyclesAt = 512
  let text = ''
  let value = root
  for (;;) {
    if (typeof value === 'object' && value !== null) {
      const part = Array.isArray(value) ? arrayOf(value, value) : dialect.object(value, path)
      if (typeof part === 'string') text += part
      else if ('value' in part) {
        value = part.value
        continue
      } else {
        text += part.keys === undefined ? '[' : '{'
        levels.push(levelOf(part))
        if (levels.length === checkCyclesAt) {
          refuseCycle(levels)
          checkCyclesAt *= 2
        }
      }
    } else {
      text += writeScalar(value, dialect, path)
    }
    let level = levels[levels.length - 1]
    while (level !== undefined && level.index === level.length) {
      text += level.keys === undefined ? ']' : '}'
      levels.pop()
      level = levels[levels.length - 1]
    }
    if (level === undefined) return text
    if (level.index > 0) text += ','
    if (level.keys === undefined) {
      value = (level.items as readonly unknown[])[level.index++]
    } else {
      const key = level.keys[level.index++] as string
      text += `${quote(key)}:`
      value = (level.items as Readonly<Record<string, unknown>>)[key]
    }
  }
}

const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/

/** A string as JSON. */
function quote(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** An array to be written in place of `origin`. */
function arrayOf(origin: object, items: readonly unknown[]): JsonContainer {
  return { origin, keys: undefined, items }
}

/** Whether `value` is a plain object, of this realm or another, and not an instance of some class. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** What a person calls the class of `value`. */
export function className(value: object): string {
  const constructor: unknown = value.constructor
  return typeof constructor === 'function' ? constructor.name : 'an unknown object'
}

/** The error for a value that has no form in the JSON asked for. */
export function notRepresentable(kind: string, path: string): BlueskyError {
  return new BlueskyError(
    'not-representable',
    `${path} is ${kind}, which has no form in this JSON; leave it out or turn it into a string or number`,
  )
}

function writeScalar(value: unknown, dialect: JsonDialect, path: () => string): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      return writeNumber(value, dialect)
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      return 'null'
    default:
      throw notRepresentable(value === undefined ? 'undefined' : `a ${typeof value}`, path())
  }
}

function writeNumber(value: number, dialect: JsonDialect): string {
  if (!Number.isFinite(value) || Object.is(value, -0)) return dialect.oddNumber(value)
  // digits alone would be read as an integer, and they are not all significant
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Math.abs(value) < 1e21) {
    return value.toExponential()
  }
  return String(value)
}

function levelOf({ origin, keys, items }: JsonContainer): Level {
  return { origin, keys, items, length: (keys ?? (items as readonly unknown[])).length, index: 0 }
}

function refuseCycle(levels: readonly Level[]): void {
  if (new Set(levels.map((level) => level.origin)).size < levels.length) {
    throw new BlueskyError('cyclic', 'a value that contains itself has no form in JSON')
  }
}

/** Where the writer is, such as `$.data.image[2]`. */
function describePath(levels: readonly Level[]): string {
  const steps = levels.map(({ keys, index }) => {
    if (keys === undefined) return `[${index - 1}]`
    const key = keys[index - 1] as string
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
  })
  return `$${steps.join('')}`
}
