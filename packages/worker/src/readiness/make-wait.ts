import { dirname } from 'node:path'

import { allReady, BlueskyError, type Readiness, type Wait } from '@prompt-papermill/core'

import { type Config, executable, waitScheduleOf } from '../config/compile.js'
import { commandReadiness } from './command-readiness.js'
import { fileReadiness } from './file-readiness.js'
import { httpReadiness } from './http-readiness.js'

type WaitGiven = NonNullable<NonNullable<Config['rules']>[number]['wait']>
type ConditionGiven = Omit<WaitGiven, 'all' | 'every' | 'factor' | 'longest' | 'limit'>
type Kind = 'file' | 'http' | 'command'

const defaults = { stable: 2_000, count: 1, timeout: 10_000 }

/** The keys that belong to each kind. */
const keysOf: Readonly<Record<Kind, readonly (keyof ConditionGiven)[]>> = {
  file: ['file', 'stable', 'count'],
  http: ['http', 'headers', 'timeout'],
  command: ['command', 'env', 'timeout'],
}
const kinds = Object.keys(keysOf) as Kind[]

/**
 * What a rule or an entry waits for, as core takes it.
 *
 * @throws BlueskyError `bad-option` for what can't be used.
 */
export function makeWait(config: Config, { all, ...given }: WaitGiven): Required<Wait> {
  const { every, factor, longest, limit, ...condition } = given
  const schedule = waitScheduleOf({ every, factor, longest, limit }, config.wait.schedule)
  const own = Object.keys(condition).find(
    (key) => condition[key as keyof ConditionGiven] !== undefined,
  )
  if (all && own !== undefined) {
    throw new BlueskyError('bad-option', `"${own}" stands beside "all"; write it inside`)
  }
  const parts = (all ?? [condition]).map((part) => makeReadiness(config, part))
  return { ...schedule, for: parts.length === 1 ? (parts[0] as Readiness) : allReady(parts) }
}

function makeReadiness(config: Config, given: ConditionGiven): Readiness {
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
  }
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
