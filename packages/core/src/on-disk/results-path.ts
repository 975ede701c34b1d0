import { join, relative, resolve, sep } from 'node:path'

import { BlueskyError } from '../errors/bluesky-error.js'
import type { Job } from '../jobs/job.js'
import { lookUp } from '../rules/look-up.js'
import { safeName } from './safe-name.js'

/** The folder of a run below the results' root, if nothing else is configured. */
export const defaultPattern = '{plan_name}/{date}/{scan_id}_{uid8}'

const placeholder = /\{(?<name>[^{}]*)\}/gu

/**
 * Checks a pattern.
 *
 * @throws BlueskyError `bad-option` if it leaves the root or has an empty placeholder.
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
 * Every part taken from a document is reduced to a safe file name; the whole stays inside the root.
 *
 * @throws BlueskyError `bad-option` if it would not.
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
