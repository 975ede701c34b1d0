import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, parse, relative, resolve, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import {
  BlueskyError,
  type Readiness,
  type ReadinessState,
  resolveParameters,
  type Run,
} from '@prompt-papermill/core'

import {
  anyCharacter,
  anyText,
  filesMatching,
  hasWildcards,
  maxMatches,
  shownPattern,
  withWildcards,
} from './glob.js'
import { RunText } from './run-text.js'

/** Which files a {@link fileReadiness} waits for. */
export interface FileReadinessOptions {
  /** A path with `*` and `?`, and with references to the run. */
  readonly file: string
  /** For how long a file must not have grown, in milliseconds. */
  readonly stable: number
  /** How many files must match, or a reference to that number. */
  readonly count: number | string
  /** Folders in which files may lie whose path begins with a value of the run; absolute. */
  readonly roots: readonly string[]
  /** Where relative paths of the config begin. */
  readonly from: string
}

/**
 * Waits for files that a run has written: they are there, and have stopped growing.
 *
 * The path may hold values from documents. A `*` in one is no wildcard, and none leads out of the folder that
 * the path begins with in the config, or, where it begins with a value, out of `roots`; nor does a link.
 *
 * @throws BlueskyError `bad-option` for a path that can't be used.
 */
export function fileReadiness(options: FileReadinessOptions): Readiness {
  const { file, stable, count } = options
  const path = new RunText(withWildcards(file))
  const folders = allowedFolders(path, options)
  const wanted = typeof count === 'number' ? count : new RunText(count)
  return {
    name: `file ${file}`,
    async check(run, signal) {
      const pattern = patternFor(run, path, options.from, folders)
      if (typeof pattern !== 'string') return pattern
      const least = typeof wanted === 'number' ? wanted : countFor(run, wanted.source)
      if (typeof least !== 'number') return least
      const before = await look(pattern, least, folders)
      if (!(before instanceof Map)) return before
      if (stable === 0) return { ready: true }
      await sleep(stable, undefined, { signal })
      const after = await look(pattern, least, folders)
      return after instanceof Map ? compare(before, after) : after
    },
  }
}

const never = (message: string): ReadinessState => ({ ready: false, message, never: true })

/** The folders that no file may lie outside of. */
function allowedFolders(
  path: RunText,
  { file, roots, from }: FileReadinessOptions,
): readonly string[] {
  if (!path.hasReferences) return [parse(resolve(from, path.beginning)).root]
  const fixed = resolve(from, folderOf(path.beginning))
  // `/{$start.…}` says as little as a value at the beginning does
  if (path.beginning !== '' && fixed !== parse(fixed).root) return [fixed]
  if (roots.length > 0) return roots
  throw new BlueskyError(
    'bad-option',
    `"${file}" begins with a value of the run, which could name any folder; say under wait.roots in which folders such files lie`,
  )
}

/** What stands before the last slash of the part that holds neither a value nor a wildcard. */
function folderOf(beginning: string): string {
  const plain = beginning.split(new RegExp(`[${anyText}${anyCharacter}]`, 'u'))[0] ?? ''
  return plain.includes(sep) ? plain.slice(0, plain.lastIndexOf(sep) + 1) : ''
}

/** The absolute pattern for a run, or why there is none. */
function patternFor(
  run: Run,
  path: RunText,
  from: string,
  folders: readonly string[],
): string | ReadinessState {
  const filled = path.fill(run, (value) =>
    value === '' || value.includes('\0') || hasWildcards(value) ? null : value,
  )
  if (!filled.ok) return never(filled.message)
  if (path.beginning === '' && !isAbsolute(filled.text)) {
    return never(`${JSON.stringify(shownPattern(filled.text))} is no absolute path`)
  }
  const pattern = resolve(from, filled.text)
  if (folders.some((folder) => isInside(pattern, folder))) return pattern
  return never(`${JSON.stringify(shownPattern(pattern))} leads out of ${folders.join(', ')}`)
}

function countFor(run: Run, reference: string): number | ReadinessState {
  const resolved = resolveParameters({ count: reference }, run)
  const value = resolved.ok ? Number(resolved.values.count) : NaN
  if (Number.isSafeInteger(value) && value >= 1 && value <= maxMatches) return value
  return never(`the run's ${reference} is no number of files, from 1 to ${maxMatches}`)
}

/** The files that match, each with what changes while it grows; or what is missing. */
async function look(
  pattern: string,
  least: number,
  folders: readonly string[],
): Promise<Map<string, string> | ReadinessState> {
  const shown = shownPattern(pattern)
  const paths = await filesMatching(pattern)
  if (paths.length > maxMatches) return never(`more than ${maxMatches} files match ${shown}`)
  const found = new Map<string, string>()
  for (const path of paths) {
    const state = await stateOf(path)
    if (state === null) continue
    if (!(await isReallyInside(path, folders))) {
      return never(`${path} is a link that leads out of ${folders.join(', ')}`)
    }
    found.set(path, state)
  }
  if (found.size >= least) return found
  if (least === 1) return { ready: false, message: `${shown} is not there yet` }
  return { ready: false, message: `${found.size} of ${least} files ${shown} are there` }
}

/** Size and time of change of a file; null: it is not there. */
async function stateOf(path: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return `${size} bytes, changed at ${new Date(mtimeMs).toISOString()}`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

function compare(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): ReadinessState {
  const growing = [...after].find(([path, state]) => before.get(path) !== state)
  if (growing) return { ready: false, message: `${growing[0]} is still growing: ${growing[1]}` }
  const gone = [...before.keys()].find((path) => !after.has(path))
  return gone === undefined
    ? { ready: true }
    : { ready: false, message: `${gone} was there and is gone` }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function isReallyInside(path: string, folders: readonly string[]): Promise<boolean> {
  const real = await realpath(path)
  // a root that is not there holds nothing
  const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)))
  return roots.some((root) => root !== null && isInside(real, root))
}
