import { BlueskyError } from '../errors/bluesky-error.js'
import { operations } from './query-operations.js'

/** The operators that combine queries. */
export const logicalOperators: ReadonlySet<string> = new Set(['$and', '$or', '$nor'])

const forbiddenSegments = new Set(['__proto__', 'constructor', 'prototype'])
const codeOperators = new Set(['$where', '$function', '$accumulator', '$expr', '$jsonSchema'])
/** How deep queries and conditions may nest. */
export const maxDepth = 20
/** The longest regular expression, in characters. */
const maxPattern = 500

/** Whether a value is a dict, and of no class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** @throws BlueskyError `bad-query` if a key can't name a field. */
export function checkKey(key: string, at: string): void {
  const operator = key.split('.').find((segment) => segment.startsWith('$'))
  if (operator !== undefined) refuseOperator(operator, at, [...logicalOperators])
  if (key === '' || key.split('.').some((segment) => forbiddenSegments.has(segment))) {
    throw new BlueskyError('bad-query', `${at}: "${key}" can't be the name of a metadata field`)
  }
}

/** @throws BlueskyError `bad-query` if a condition is not plain data with known operators. */
export function checkCondition(condition: unknown, at: string, depth = 0): void {
  if (depth > maxDepth) throw new BlueskyError('bad-query', `${at} nests deeper than ${maxDepth}`)
  if (Array.isArray(condition)) {
    condition.forEach((item, i) => checkCondition(item, `${at}[${i}]`, depth + 1))
  } else if (isPlainObject(condition)) {
    checkOperators(condition, at, depth)
  } else if (typeof condition === 'object' && condition !== null) {
    throw new BlueskyError('bad-query', `${at} must be plain data`)
  } else if (typeof condition === 'function' || typeof condition === 'symbol') {
    throw new BlueskyError('bad-query', `${at} must be plain data, not a ${typeof condition}`)
  }
}

function checkOperators(condition: Record<string, unknown>, at: string, depth: number): void {
  const keys = Object.keys(condition)
  const operators = keys.filter((key) => key.startsWith('$'))
  if (operators.length > 0 && operators.length < keys.length) {
    throw new BlueskyError('bad-query', `${at} mixes operators and field names`)
  }
  for (const [key, value] of Object.entries(condition)) {
    if (!key.startsWith('$')) checkKey(key, at)
    else if (!Object.hasOwn(operations, key)) refuseOperator(key, at, Object.keys(operations))
    else checkOperand(key, value, `${at}.${key}`)
    checkCondition(value, `${at}.${key}`, depth + 1)
  }
  if ('$options' in condition && !('$regex' in condition)) {
    throw new BlueskyError('bad-query', `${at}.$options goes with $regex`)
  }
}

function checkOperand(operator: string, value: unknown, at: string): void {
  const wrong = (wanted: string): never => {
    throw new BlueskyError('bad-query', `${at} takes ${wanted}`)
  }
  switch (operator) {
    case '$in':
    case '$nin':
    case '$all':
    case '$and':
    case '$or':
    case '$nor':
      if (!Array.isArray(value)) wrong('a list')
      break
    case '$exists':
      if (typeof value !== 'boolean') wrong('true or false')
      break
    case '$size':
      if (!Number.isSafeInteger(value)) wrong('a whole number')
      break
    case '$mod':
      if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isFinite)) {
        wrong('two numbers: [divisor, remainder]')
      }
      break
    case '$not':
    case '$elemMatch':
      if (!isPlainObject(value)) wrong('a mapping')
      break
    case '$options':
      if (typeof value !== 'string' || !/^[imsu]*$/u.test(value)) wrong('letters of i, m, s, u')
      break
    case '$regex':
      checkPattern(value, at)
      break
  }
}

function checkPattern(pattern: unknown, at: string): void {
  if (typeof pattern !== 'string' || pattern.length > maxPattern) {
    throw new BlueskyError('bad-query', `${at} takes a text of at most ${maxPattern} characters`)
  }
  try {
    new RegExp(pattern)
  } catch (cause) {
    throw new BlueskyError('bad-query', `${at}: ${(cause as Error).message}`, { cause })
  }
}

function refuseOperator(operator: string, at: string, allowed: readonly string[]): never {
  const why = codeOperators.has(operator)
    ? 'it could run code, which a rule may not'
    : `allowed here: ${allowed.join(', ')}`
  throw new BlueskyError('bad-query', `${at}: ${operator} can't be used; ${why}`)
}
