import { dirname, join, resolve } from 'node:path'

import {
  BlueskyError,
  checkPattern,
  defaultPattern,
  type RetryOptions,
  waitDefaults,
  type WaitSchedule,
} from '@prompt-papermill/core'

import {
  compileSource,
  compileTiled,
  type SourceGiven,
  type TiledConfig,
} from './compile-services.js'
import { type AlarmConfig, compileAlarm } from '../alarm/alarm-config.js'
import { compileQueue, type QueueConfig } from './compile-queue.js'
import { ConfigError } from './config-error.js'
import { compileHttp, type HttpConfig } from './http-schema.js'
import type { ConfigWithDefaults } from './schema.js'
import { compileWebhooks, type WebhookConfig } from './webhooks.js'

type RuleGiven = NonNullable<ConfigWithDefaults['rules']>[number]
type LimitsGiven = NonNullable<ConfigWithDefaults['limits']>
type RetryGiven = NonNullable<ConfigWithDefaults['retry']>
type WaitScheduleGiven = Partial<{ [K in keyof WaitSchedule]: number | undefined }>

/** What a notebook may use; times in milliseconds, sizes in bytes. */
export interface Limits {
  /** Time for the whole notebook, in milliseconds. */
  readonly notebook: number
  /** Time for each cell, in milliseconds. */
  readonly cell: number
  /** Memory of the kernel with its children, in bytes. */
  readonly memory: number
  /** Output that is kept in the notebook, in bytes. */
  readonly output: number
  /** Time until a launcher has started Python, in milliseconds. */
  readonly launch: number
}

/** How old attempts' folders, spooled documents and the ledger's rows may get; milliseconds, or null for ever. */
export interface RetentionAges {
  /** Of the folders of attempts. */
  readonly attempts: number | null
  /** Of the spooled documents of runs. */
  readonly documents: number | null
  /** Of runs, jobs and attempts in the ledger. */
  readonly rows: number | null
}

/** The config ready for use: absolute paths, all defaults filled in, milliseconds and bytes. */
export interface Config {
  /** The file that it came from. */
  readonly file: string
  /** Where the documents come from. */
  readonly sources: readonly SourceGiven[]
  /** The data server; null without. */
  readonly tiled: TiledConfig | null
  /** How many runs may be open, and for how many milliseconds one may be silent. */
  readonly runs: { readonly maxOpenRuns: number; readonly maxIdle: number }
  /** The folder with the notebooks. */
  readonly templates: string
  /** Where attempts leave their results, and for whom. */
  readonly results: {
    readonly root: string
    readonly pattern: string
    readonly umask: number | undefined
    readonly group: string | number | undefined
  }
  /** The folder with ledger, documents of runs and control socket. */
  readonly state: string
  /** The Python with papermill: a path, or a name on the PATH. */
  readonly python: string
  /** The command that starts the Python, by words; empty for none. */
  readonly launcher: readonly string[]
  /** How jobs are queued, and who performs them. */
  readonly queue: QueueConfig
  /** Jobs at once in this process. */
  readonly concurrency: number
  /** How many jobs may wait for their turn. */
  readonly capacity: number
  /** How many kernels wait for each Python, and what they have imported. */
  readonly kernels: {
    readonly warm: number
    readonly preload: readonly string[]
    /** Whether they are forked from one process that has imported it. */
    readonly fork: boolean
    /** Variables of the worker's own environment that no kernel gets: those that `secrets` are taken from. */
    readonly env: Readonly<Record<string, undefined>>
  }
  /** What a notebook may use that doesn't say it itself. */
  readonly limits: Limits
  /** When a failed attempt is tried again, of a job that doesn't say it itself. */
  readonly retry: RetryOptions
  /** How jobs wait for their data. */
  readonly wait: {
    /** Folders in which files lie whose path begins with a value of the run; absolute. */
    readonly roots: readonly string[]
    readonly schedule: WaitSchedule
  }
  /** Time for what runs to finish when the worker stops, in milliseconds. */
  readonly grace: number
  /** How old something may get before it is removed. */
  readonly retention: RetentionAges
  /** Where HTTP is served and who may do what there; false: nowhere. */
  readonly http: HttpConfig | false
  /** Absolute paths of modules, by the name that rules use. */
  readonly actions: Readonly<Record<string, string>>
  /** When it is alarming that no document comes; null: never. */
  readonly alarm: AlarmConfig | null
  /** Who is told over HTTP what happens. */
  readonly webhooks: readonly WebhookConfig[]
  /** Undefined: the default rule. */
  readonly rules: readonly RuleGiven[] | undefined
}

/** The defaults that the schema doesn't hold, in one place. */
export const defaults = {
  limits: {
    notebook: 30 * 60_000,
    cell: 10 * 60_000,
    memory: 4 * 1024 ** 3,
    output: 50 * 1024 ** 2,
    launch: 60 * 60_000,
  } satisfies Limits,
  retry: { attempts: 2, on: ['kernel-died'], delay: 10_000 } satisfies RetryOptions,
  kernels: { warm: 1, preload: ['numpy', 'matplotlib.pyplot'], fork: false },
  runs: { maxOpen: 1000, maxIdle: 7 * 24 * 60 * 60_000 },
  grace: 30_000,
} as const

/**
 * Fills in what depends on other keys and makes paths absolute.
 *
 * @param secretVariables - names of the environment variables that `secrets` are taken from.
 * @throws ConfigError for what the schema alone can't see.
 */
export function compileConfig(
  given: ConfigWithDefaults,
  file: string,
  secretVariables: readonly string[] = [],
): Config {
  const from = dirname(file)
  const fail = (path: string, message: string): never => {
    throw new ConfigError(file, [{ path, message }])
  }
  if (given.source && given.sources) fail('sources', 'give either source or sources')
  const results = typeof given.results === 'string' ? { root: given.results } : { ...given.results }
  const root = resolve(from, results.root)
  const pattern = results.pattern ?? defaultPattern
  attempt(
    () => checkPattern(pattern),
    (message) => fail('results.pattern', message),
  )
  const sources = (given.sources ?? [given.source ?? defaultSource]).map((source, i) =>
    attempt(
      () => compileSource(source, from),
      (message) => fail(given.sources ? `sources[${i}]` : 'source', message),
    ),
  )
  checkRules(given, fail)
  return {
    file,
    sources,
    tiled: compileTiled(given.tiled),
    runs: {
      maxOpenRuns: given.runs?.maxOpen ?? defaults.runs.maxOpen,
      maxIdle: given.runs?.maxIdle ?? defaults.runs.maxIdle,
    },
    templates: resolve(from, given.templates),
    results: {
      root,
      pattern,
      umask: results.umask === undefined ? undefined : Number.parseInt(results.umask, 8),
      group: results.group,
    },
    state: given.state === undefined ? join(dirname(root), 'state') : resolve(from, given.state),
    python: executable(given.python, from),
    launcher: launcherOf(given.launcher, from),
    queue: compileQueue(given.queue, from, root),
    concurrency: given.queue.concurrency,
    capacity: given.queue.capacity,
    kernels: {
      warm: given.kernels?.warm ?? defaults.kernels.warm,
      preload: given.kernels?.preload ?? defaults.kernels.preload,
      fork: given.kernels?.fork ?? defaults.kernels.fork,
      env: Object.fromEntries(secretVariables.map((name) => [name, undefined])),
    },
    limits: limitsOf(given.limits, defaults.limits),
    retry: retryOf(given.retry, defaults.retry),
    wait: {
      roots: (given.wait?.roots ?? []).map((root) => resolve(from, root)),
      schedule: waitScheduleOf(given.wait, waitDefaults),
    },
    grace: given.shutdown?.grace ?? defaults.grace,
    retention: {
      attempts: given.retention?.attempts ?? null,
      documents: given.retention?.documents ?? null,
      rows: given.retention?.rows ?? null,
    },
    http: compileHttp(given.http, from, fail),
    actions: Object.fromEntries(
      Object.entries(given.actions).map(([name, path]) => [name, resolve(from, path)]),
    ),
    alarm: compileAlarm(given.alarm),
    webhooks: compileWebhooks(
      given.webhooks ?? [],
      given.rules?.map(({ name }) => name) ?? ['default'],
      fail,
    ),
    rules: given.rules,
  }
}

/** A notebook's limits: its own where given, the config's else. */
export function limitsOf(given: LimitsGiven | undefined, otherwise: Limits): Limits {
  return {
    notebook: given?.notebook ?? otherwise.notebook,
    cell: given?.cell ?? otherwise.cell,
    memory: given?.memory ?? otherwise.memory,
    output: given?.output ?? otherwise.output,
    launch: given?.launch ?? otherwise.launch,
  }
}

/** An entry's retries: its own where given, the config's else. */
export function retryOf(given: RetryGiven | undefined, otherwise: RetryOptions): RetryOptions {
  return {
    attempts: given?.attempts ?? otherwise.attempts,
    on: given?.on === undefined ? otherwise.on : retryReasons(given.on),
    delay: given?.delay ?? otherwise.delay,
    factor: given?.factor ?? otherwise.factor,
    longest: given?.longest ?? otherwise.longest,
  }
}

/** Each reason without what is not given for it, which would hide what holds for all. */
function retryReasons(on: NonNullable<RetryGiven['on']>): RetryOptions['on'] {
  if (Array.isArray(on)) return on
  return Object.fromEntries(
    Object.entries(on).map(([reason, schedule]) => [reason, withoutUndefined(schedule)]),
  )
}

/** How often and how long an entry waits: its own where given, the config's else. */
export function waitScheduleOf(
  given: WaitScheduleGiven | undefined,
  otherwise: WaitSchedule,
): WaitSchedule {
  return {
    every: given?.every ?? otherwise.every,
    factor: given?.factor ?? otherwise.factor,
    longest: given?.longest ?? otherwise.longest,
    limit: given?.limit ?? otherwise.limit,
  }
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>
  }
}

/** A program by its path, relative to the config; a bare name is looked up in PATH. */
export function executable(program: string, from: string): string {
  return program.includes('/') ? resolve(from, program) : program
}

/** A launcher's words: its program as a program, the others as they are. */
export function launcherOf(words: readonly string[] | undefined, from: string): readonly string[] {
  const [program, ...others] = words ?? []
  return program === undefined ? [] : [executable(program, from), ...others]
}

const defaultSource: SourceGiven = {
  address: 'localhost:5578',
  prefix: '',
  decoder: 'auto',
  validate: 'warn',
  backlog: 200_000,
  enums: [],
}

function checkRules(
  given: ConfigWithDefaults,
  fail: (path: string, message: string) => never,
): void {
  for (const [i, rule] of (given.rules ?? []).entries()) {
    if ((rule.notebooks ?? []).length + (rule.actions ?? []).length === 0) {
      fail(`rules[${i}]`, `the rule ${rule.name} has neither notebooks nor actions`)
    }
    for (const [j, { use }] of (rule.actions ?? []).entries()) {
      if (Object.hasOwn(given.actions, use)) continue
      const known = Object.keys(given.actions).join(', ') || 'none'
      fail(`rules[${i}].actions[${j}].use`, `there is no action "${use}"; under actions: ${known}`)
    }
  }
}

function attempt<T>(check: () => T, failed: (message: string) => never): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error
    return failed(error.message)
  }
}
