import { sift } from './sift.js'

import { BlueskyError } from '../errors/bluesky-error.js'
import type { Run } from '../run/run.js'
import { findAll, literalAt } from './look-up.js'
import {
  checkCondition,
  checkKey,
  isPlainObject,
  logicalOperators,
  maxDepth,
} from './query-check.js'
import { operations } from './query-operations.js'
import { comparable, comparableCondition, type Part, partOf, partOfRun } from './subject.js'

/**
 * A MongoDB-style query on a run, as databroker's users write them on the Run Start:
 * `{ plan_name: 'reflection_scan', 'sample.thickness': { $gt: 5 } }`. `stop.` and `run.` reach the Run Stop
 * and what was counted: `complete`, `documents`, `events.STREAM`, `duration` in seconds, `streams`, and how many
 * `gaps`, `miscounts`, `duplicates` and `interruptions` there were, and whether it was `joined` in the middle,
 * and its `origin`.
 */
export type Query = Readonly<Record<string, unknown>>

/** One clause of a query, and what became of it. */
export interface ClauseResult {
  /** The clause as a query of its own: `{ key: { op: value } }`, or `{ $or: […] }`. */
  readonly clause: Query
  /** Null: not yet known, since it asks for the Run Stop. */
  readonly matched: boolean | null
  /** The value that was found at the key; null if there is none, or for a clause of clauses. */
  readonly found: unknown
  /** Of `$and`, `$or` and `$nor`: the clauses inside. */
  readonly clauses?: readonly ClauseResult[]
}

/** What a whole query says of a run. */
export interface QueryResult {
  /** Null: it depends on the Run Stop, which has not come. */
  readonly matched: boolean | null
  /** Every clause, in order. */
  readonly clauses: readonly ClauseResult[]
}

/** A query that was checked and is ready to be asked. */
export type CompiledQuery = (run: Run) => QueryResult

/**
 * Checks a query and makes it ready. Operators that run code (`$where`, `$function`, …) are refused.
 *
 * @throws BlueskyError `bad-query`, naming the place and what is allowed there.
 * @example
 * ```ts
 * import { compileQuery, Run } from '@prompt-papermill/core'
 *
 * const query = compileQuery({ plan_name: 'count', 'stop.exit_status': 'success' })
 * const run = new Run('a')
 * run.add({ name: 'start', doc: { uid: 'a', time: 0, plan_name: 'count' } })
 * // it depends on the Run Stop, which has not come
 * console.log(query(run).matched) // null
 * ```
 */
export function compileQuery(query: unknown): CompiledQuery {
  const clauses = compileClauses(query, 'when', 0)
  return (run) => {
    const view = viewOf(run)
    const results = clauses.map((clause) => clause(view))
    return { matched: all(results), clauses: results }
  }
}

/** The parts of a run as queries compare them, made when they are first asked for. */
type View = (part: Part) => { readonly original: unknown; readonly comparable: unknown }
type Clause = (view: View) => ClauseResult

function viewOf(run: Run): View {
  const made = new Map<Part, ReturnType<View>>()
  return (part) => {
    let view = made.get(part)
    if (!view) {
      const original = partOfRun(run, part)
      made.set(part, (view = { original, comparable: comparable(original) }))
    }
    return view
  }
}

function compileClauses(query: unknown, at: string, depth: number): Clause[] {
  if (!isPlainObject(query)) {
    throw new BlueskyError('bad-query', `${at} must be a mapping such as { plan_name: count }`)
  }
  if (depth > maxDepth) throw new BlueskyError('bad-query', `${at} nests deeper than ${maxDepth}`)
  return Object.entries(query).flatMap(([key, condition]) =>
    logicalOperators.has(key)
      ? [compileLogical(key, condition, `${at}.${key}`, depth)]
      : compileKey(key, condition, at),
  )
}

function compileLogical(operator: string, list: unknown, at: string, depth: number): Clause {
  if (!Array.isArray(list) || list.length === 0) {
    throw new BlueskyError('bad-query', `${at} must be a list of at least one query`)
  }
  const queries = list.map((query: unknown, i) => compileClauses(query, `${at}[${i}]`, depth + 1))
  const clause = { [operator]: list as unknown }
  return (view) => {
    const results = queries.map((clauses) => clauses.map((each) => each(view)))
    const verdicts = results.map((each) => ({ matched: all(each) }))
    const matched =
      operator === '$and' ? all(verdicts) : operator === '$or' ? any(verdicts) : not(any(verdicts))
    return { clause, matched, found: null, clauses: results.flat() }
  }
}

/** Each operator of a key becomes a clause of its own, so that `explain` can say which one failed. */
function compileKey(key: string, condition: unknown, at: string): Clause[] {
  checkKey(key, at)
  checkCondition(condition, `${at}.${key}`)
  return splitOperators(condition).map((single) => compileLeaf(key, single, at))
}

function splitOperators(condition: unknown): unknown[] {
  if (!isPlainObject(condition)) return [condition]
  const operators = Object.keys(condition)
  if (operators.length === 0 || !operators[0]?.startsWith('$')) return [condition]
  return operators
    .filter((operator) => operator !== '$options')
    .map((operator) =>
      operator === '$regex' && '$options' in condition
        ? { $regex: condition.$regex, $options: condition.$options }
        : { [operator]: condition[operator] },
    )
}

function compileLeaf(key: string, condition: unknown, at: string): Clause {
  const { part, path } = partOf(key)
  const wanted = comparableCondition(condition)
  const test = testerOf({ [path]: wanted }, `${at}.${key}`)
  const testValue = testerOf({ value: wanted }, `${at}.${key}`)
  const clause = { [key]: condition }
  return (view) => {
    const { original, comparable: subject } = view(part)
    if (subject === undefined) return { clause, matched: null, found: null }
    const found = findAll(original, path)
    // sift would look into texts and prototypes for what is not there, such as `plan_name.length`
    if (found === undefined) return { clause, matched: test(nothing), found: null }
    // a key that itself contains dots is one name, not a path
    const literal = literalAt(subject, path)
    const matched = literal ? testValue({ value: literal.value }) : test(subject)
    return { clause, matched, found }
  }
}

const nothing = Object.create(null) as object

function testerOf(query: object, at: string): (subject: unknown) => boolean {
  try {
    return sift.createQueryTester(query, { operations })
  } catch (cause) {
    throw new BlueskyError('bad-query', `${at}: ${(cause as Error).message}`, { cause })
  }
}

interface Verdict {
  readonly matched: boolean | null
}

function all(verdicts: readonly Verdict[]): boolean | null {
  if (verdicts.some(({ matched }) => matched === false)) return false
  return verdicts.some(({ matched }) => matched === null) ? null : true
}

function any(verdicts: readonly Verdict[]): boolean | null {
  if (verdicts.some(({ matched }) => matched === true)) return true
  return verdicts.some(({ matched }) => matched === null) ? null : false
}

function not(matched: boolean | null): boolean | null {
  return matched === null ? null : !matched
}
