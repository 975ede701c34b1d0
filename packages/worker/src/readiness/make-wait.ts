import { dirname } from 'node:path'

import { allReady, BlueskyError, type Readiness, type Wait } from '@prompt-papermill/core'

import { TiledClient } from '@prompt-papermill/core/tiled'

import type { Config } from '../config/config.js'
import { waitScheduleOf } from '../config/entry-options.js'
import { executable } from '../config/programs.js'
import { commandReadiness } from './command-readiness.js'
import { fileReadiness } from './file-readiness.js'
import { httpReadiness } from './http-readiness.js'
import { type TiledReadiness, tiledReadiness } from './tiled-readiness.js'

type WaitGiven = NonNullable<NonNullable<Config['rules']>[number]['wait']>
type WaitObject = Exclude<WaitGiven, string>
type ConditionGiven = Omit<WaitObject, 'all' | 'every' | 'factor' | 'longest' | 'limit'>
type Kind = 'file' | 'http' | 'command' | 'tiled'

/** What core waits for beyond a fallback's limit, in milliseconds: for the look that finds it. */
const beyond = 60_000

const defaults = { stable: 2_000, count: 1, timeout: 10_000 }

/** The keys that belong to each kind. */
const keysOf: Readonly<Record<Kind, readonly (keyof ConditionGiven)[]>> = {
  file: ['file', 'stable', 'count'],
  http: ['http', 'headers', 'timeout'],
  command: ['command', 'env', 'timeout'],
  tiled: ['tiled', 'fallback'],
}
const kinds = Object.keys(keysOf) as Kind[]

/** What a rule or an entry waits for. */
export interface WorkerWait {
  /** As core takes it; all of it but its readiness goes into the ledger with each job. */
  readonly wait: Required<Wait>
  /** Whether a run was not in the data server at the limit, so that its own documents have to do. */
  readonly fellBack: (uid: string) => boolean
}

/** Whether a wait asks the data server. */
export function waitsForTiled(given: WaitGiven | undefined): boolean {
  return given !== undefined && conditionsOf(given).some(({ tiled }) => tiled)
}

/** The conditions of a wait, of which all have to hold. */
export function conditionsOf(given: WaitGiven): readonly ConditionGiven[] {
  if (given === 'tiled') return [{ tiled: true }]
  return given.all ?? [given]
}

/**
 * What a rule or an entry waits for, as core takes it.
 *
 * @param documents - whether the entry has its run's own documents, to fall back on; null: there are several entries.
 * @throws BlueskyError `bad-option` for what can't be used.
 */
export function makeWait(config: Config, given: WaitGiven, documents: boolean | null): WorkerWait {
  const { all, ...rest }: WaitObject = given === 'tiled' ? { tiled: true } : given
  const { every, factor, longest, limit, ...condition } = rest
  const schedule = waitScheduleOf({ every, factor, longest, limit }, config.wait.schedule)
  const own = Object.keys(condition).find(
    (key) => condition[key as keyof ConditionGiven] !== undefined,
  )
  if (all && own !== undefined) {
    throw new BlueskyError('bad-option', `"${own}" stands beside "all"; write it inside`)
  }
  const conditions = all ?? [condition]
  const fallsBack = conditions.map((part) => isFallingBack(part, documents))
  const parts = conditions.map((part, i) =>
    makeReadiness(config, part, fallsBack[i] ? schedule.limit : null),
  )
  return {
    wait: {
      ...schedule,
      // the fallback comes at the limit, and not the end
      limit: fallsBack.includes(true) ? 2 * schedule.limit + beyond : schedule.limit,
      for: parts.length === 1 ? (parts[0] as Readiness) : allReady(parts),
    },
    fellBack: (uid) => parts.some((part) => 'fellBack' in part && part.fellBack(uid)),
  }
}

/** Whether a job runs with its run's own documents where the data server does not have it. */
function isFallingBack({ tiled, fallback }: ConditionGiven, documents: boolean | null): boolean {
  if (!tiled) return false
  if (fallback === 'documents' && documents === false) {
    throw new BlueskyError(
      'bad-option',
      '`fallback: documents` needs `documents: true` on the entry, so that there are some',
    )
  }
  return fallback !== 'skip' && documents === true
}

function makeReadiness(
  config: Config,
  given: ConditionGiven,
  fallback: number | null,
): Readiness | TiledReadiness {
  const from = dirname(config.file)
  const { stable, count, timeout } = defaults
  switch (kindOf(given)) {
    case 'file':
      return fileReadiness({
        file: given.file as string,
        stable: given.stable ?? stable,
        count: given.count ?? count,
        roots: config.wait.roots,
        from,
      })
    case 'http':
      return httpReadiness({
        url: given.http as string,
        headers: given.headers ?? {},
        timeout: given.timeout ?? timeout,
      })
    case 'command': {
      const [program, ...args] = given.command as [string, ...string[]]
      return commandReadiness({
        command: [executable(program, from), ...args],
        env: given.env ?? {},
        cwd: from,
        timeout: given.timeout ?? timeout,
      })
    }
    case 'tiled':
      return tiledReadiness({ client: tiledClient(config), fallback })
  }
}

function tiledClient({ tiled }: Config): TiledClient {
  if (tiled) return new TiledClient(tiled)
  throw new BlueskyError(
    'bad-option',
    'it waits for the data server, and there is none in the config; give tiled: { url: … }',
  )
}

/** The one kind that a condition is of, all of whose keys belong to it. */
function kindOf(given: ConditionGiven): Kind {
  const named = kinds.filter((kind) => given[kind] !== undefined)
  const [kind] = named
  if (!kind || named.length > 1) {
    const found = named.length > 1 ? `it has ${named.join(' and ')}` : 'it has none of them'
    throw new BlueskyError(
      'bad-option',
      `it waits for one of ${kinds.join(', ')}; ${found}. For several write all: [{ … }, { … }]`,
    )
  }
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || keysOf[kind].includes(key as keyof ConditionGiven)) continue
    throw new BlueskyError('bad-option', `"${key}" means nothing to ${kind}`)
  }
  return kind
}
