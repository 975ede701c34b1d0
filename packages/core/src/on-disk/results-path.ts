import { join, relative, resolve, sep } from 'node:path'

import { BlueskyError } from '../errors/bluesky-error.js'
import type { Job } from '../jobs/job.js'
import { lookUp } from '../rules/look-up.js'
import { safeName } from './safe-name.js'

/**
 * The folder of a run below the results' root, if nothing else is configured.
 *
 * @example
 * ```ts
 * import { defaultPattern } from '@prompt-papermill/core'
 *
 * console.log(defaultPattern) // {plan_name}/{date}/{scan_id}_{uid8}
 * ```
 */
export const defaultPattern = '{plan_name}/{date}/{scan_id}_{uid8}'

const placeholder = /\{(?<name>[^{}]*)\}/gu

/**
 * Checks a pattern for {@link resultsPath}, so that a mistake in a config is told before the first run.
 *
 * @param pattern - a relative path with names in braces
 * @throws BlueskyError `bad-option` if it leaves the root or has an empty placeholder.
 *
 * @example
 * ```ts
 * import { BlueskyError, checkPattern } from '@prompt-papermill/core'
 *
 * checkPattern('{data_session}/{plan_name}/{scan_id}_{uid8}')
 * try {
 *   checkPattern('../{scan_id}')
 * } catch (error) {
 *   if (error instanceof BlueskyError) console.log(error.code) // bad-option
 * }
 * ```
 */
export function checkPattern(pattern: string): void {
  const segments = pattern.replace(placeholder, 'x').split('/')
  if (pattern === '' || pattern.startsWith('/') || segments.some((part) => /^\.*$/u.test(part))) {
    throw new BlueskyError(
      'bad-option',
      `"${pattern}" is no pattern for results; it is a relative path such as ${defaultPattern}`,
    )
  }
  if (pattern.includes('{}')) {
    throw new BlueskyError('bad-option', `"${pattern}" has an empty {}; name a Run Start field`)
  }
}

/**
 * The folder of a job's attempts: `ROOT/pattern/{rule}/{entry}`, where the pattern doesn't place rule and
 * entry itself. `{date}` is the local date of the Run Start, `{uid8}` the uid's first eight characters;
 * every other name is a field of the Run Start.
 *
 * Every part taken from a document is reduced to a safe file name, and is `unknown` if the Run Start has no
 * such field; the whole stays inside the root.
 *
 * @param root - the folder that holds all results
 * @param pattern - each run's folder below it, as {@link checkPattern} takes it
 * @returns an absolute path.
 * @throws BlueskyError `bad-option` if the pattern leads out of the root.
 *
 * @example
 * ```ts
 * import { defaultPattern, resultsPath, Run } from '@prompt-papermill/core'
 * import { makeJob } from '@prompt-papermill/core/testing'
 *
 * const run = new Run('5d8beb4d-8b22-44a9-a1da-0839189d3c61')
 * const start = { uid: run.uid, time: 1795444364.8, plan_name: 'count', scan_id: 12 }
 * run.add({ name: 'start', doc: start })
 * const job = makeJob({ run: run.toRecord(), rule: 'reflectivity', entry: 'fine' })
 * console.log(resultsPath('results', defaultPattern, job))
 * // …/results/count/2026-11-23/12_5d8beb4d/reflectivity/fine
 * ```
 */
export function resultsPath(root: string, pattern: string, job: Job): string {
  const { start } = job.run
  const value = (name: string): string => {
    switch (name) {
      case 'rule':
        return safeName(job.rule)
      case 'entry':
        return safeName(job.entry)
      case 'uid8':
        return safeName(job.run.uid.slice(0, 8))
      case 'date':
        return start ? localDate(start.time) : 'unknown'
      default:
        return safeName(lookUp(start, name))
    }
  }
  const whole = ['rule', 'entry'].reduce(
    (path, name) => (path.includes(`{${name}}`) ? path : `${path}/{${name}}`),
    pattern,
  )
  const path = join(
    resolve(root),
    whole.replace(placeholder, (_, name: string) => value(name)),
  )
  const inside = relative(resolve(root), path)
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`)) {
    throw new BlueskyError('bad-option', `the results pattern "${pattern}" leads out of ${root}`)
  }
  return path
}

function localDate(time: unknown): string {
  const date = new Date(Number(time) * 1000)
  if (Number.isNaN(date.getTime())) return 'unknown'
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
