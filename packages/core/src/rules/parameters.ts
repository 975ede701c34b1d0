import { BlueskyError } from '../errors/bluesky-error.js'
import type { Run } from '../run/run.js'
import { isPlainObject } from './query-check.js'
import { valueOf } from './subject.js'

/**
 * An entry's parameters as people write them. A string `$start.a.b`, `$stop.…` or `$run.…` takes the value
 * found there, with its type; `{ ref: '$start.a', default: 1 }` allows its absence (the default may be a
 * reference in its turn); `$$` at the start of a string is a literal `$`.
 */
export type ParameterTemplate = Readonly<Record<string, unknown>>

/** Parameters with their values, or what is missing. */
export type ResolvedParameters =
  | { readonly ok: true; readonly values: Record<string, unknown> }
  | { readonly ok: false; readonly message: string }

const reference = /^\$(?<key>(?:start|stop|run)\..+)$/su

/**
 * Checks the references of a template without a run.
 *
 * @throws BlueskyError `bad-option`, naming the parameter, for a `$` that begins no reference.
 * @example
 * ```ts
 * import { checkParameters } from '@prompt-papermill/core'
 *
 * checkParameters({ sample: '$start.sample_name', price: '$$5' })
 * try {
 *   checkParameters({ sample: '$sample_name' })
 * } catch (error) {
 *   console.log((error as Error).message.startsWith('the parameter sample:')) // true
 * }
 * ```
 */
export function checkParameters(template: ParameterTemplate): void {
  for (const [name, value] of Object.entries(template)) visit(value, name, () => undefined)
}

/**
 * Takes a template's values from a run.
 *
 * @throws BlueskyError `bad-option` for a template that {@link checkParameters} would refuse.
 * @example
 * ```ts
 * import { resolveParameters, Run } from '@prompt-papermill/core'
 *
 * const run = new Run('a')
 * run.add({ name: 'start', doc: { uid: 'a', time: 0, sample_name: 'Si' } })
 * const resolved = resolveParameters({ sample: '$start.sample_name', bins: 500 }, run)
 * if (resolved.ok) console.log(resolved.values) // { sample: 'Si', bins: 500 }
 * ```
 */
export function resolveParameters(template: ParameterTemplate, run: Run): ResolvedParameters {
  const missing: string[] = []
  const take: Take = (key, at, required) => {
    const value = valueOf(run, key)
    if (value === undefined && required) missing.push(`${at} ($${key})`)
    return value
  }
  const values = Object.fromEntries(
    Object.entries(template).map(([name, value]) => [name, visit(value, name, take)]),
  )
  if (missing.length === 0) return { ok: true, values }
  return {
    ok: false,
    message: `this run has no value for the parameter ${missing.join(', ')}; give a default with { ref: …, default: … }`,
  }
}

type Take = (key: string, at: string, required: boolean) => unknown

function visit(value: unknown, at: string, take: Take): unknown {
  if (typeof value === 'string') return visitString(value, at, take)
  if (Array.isArray(value)) return value.map((item, i) => visit(item, `${at}[${i}]`, take))
  if (!isPlainObject(value)) return value
  if (isReference(value)) {
    const key = keyOf(value.ref, `${at}.ref`)
    if (!('default' in value)) return take(key, at, true)
    const found = take(key, at, false)
    // a None that is there is no absence
    return found === undefined ? visit(value.default, `${at}.default`, take) : found
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, visit(item, `${at}.${name}`, take)]),
  )
}

function visitString(value: string, at: string, take: Take): unknown {
  if (value.startsWith('$$')) return value.slice(1)
  return value.startsWith('$') ? take(keyOf(value, at), at, true) : value
}

/** `{ ref: '$…' }` or `{ ref: '$…', default: … }`, and nothing else. */
function isReference(value: Record<string, unknown>): value is { ref: string; default?: unknown } {
  return (
    typeof value.ref === 'string' &&
    value.ref.startsWith('$') &&
    !value.ref.startsWith('$$') &&
    Object.keys(value).every((key) => key === 'ref' || key === 'default')
  )
}

function keyOf(text: string, at: string): string {
  const key = reference.exec(text)?.groups?.key
  if (key !== undefined) return key
  throw new BlueskyError(
    'bad-option',
    `the parameter ${at}: "${text}" is no reference; write $start.…, $stop.… or $run.…, or $$ for a literal $`,
  )
}
