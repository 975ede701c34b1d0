import { dirname, join, resolve } from 'node:path'

import {
  BlueskyError,
  checkPattern,
  defaultPattern,
  normalizeAddress,
  type RetryOptions,
} from '@prompt-papermill/core'

import { ConfigError } from './config-error.js'
import type { ConfigWithDefaults } from './schema.js'

type SourceGiven = NonNullable<ConfigWithDefaults['source']>
type RuleGiven = NonNullable<ConfigWithDefaults['rules']>[number]
type LimitsGiven = NonNullable<ConfigWithDefaults['limits']>
type RetryGiven = NonNullable<ConfigWithDefaults['retry']>

/** What a notebook may use; times in milliseconds, sizes in bytes. */
export interface Limits {
  readonly notebook: number
  readonly cell: number
  readonly memory: number
  readonly output: number
}

/** The config ready for use: absolute paths, all defaults filled in, milliseconds and bytes. */
export interface Config {
  /** The file that it came from. */
  readonly file: string
  readonly sources: readonly SourceGiven[]
  readonly templates: string
  readonly results: {
    readonly root: string
    readonly pattern: string
    readonly umask: number | undefined
    readonly group: string | number | undefined
  }
  readonly state: string
  readonly python: string
  readonly concurrency: number
  readonly kernels: { readonly warm: number; readonly preload: readonly string[] }
  readonly limits: Limits
  readonly retry: RetryOptions
  readonly grace: number
  readonly http: { readonly host: string; readonly port: number } | false
  /** Absolute paths of modules, by the name that rules use. */
  readonly actions: Readonly<Record<string, string>>
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
  } satisfies Limits,
  retry: { attempts: 2, on: ['kernel-died'], delay: 10_000 } satisfies RetryOptions,
  kernels: { warm: 1, preload: ['numpy', 'matplotlib.pyplot'] },
  grace: 30_000,
} as const

/**
 * Fills in what depends on other keys and makes paths absolute.
 *
 * @throws ConfigError for what the schema alone can't see.
 */
export function compileConfig(given: ConfigWithDefaults, file: string): Config {
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
  const sources = given.sources ?? [given.source ?? defaultSource]
  for (const { address } of sources) {
    attempt(
      () => normalizeAddress(address),
      (message) => fail('source.address', message),
    )
  }
  checkRules(given, fail)
  return {
    file,
    sources: sources.map((source) => resolveCurve(source, from)),
    templates: resolve(from, given.templates),
    results: {
      root,
      pattern,
      umask: results.umask === undefined ? undefined : Number.parseInt(results.umask, 8),
      group: results.group,
    },
    state: given.state === undefined ? join(dirname(root), 'state') : resolve(from, given.state),
    python: executable(given.python, from),
    concurrency: given.queue.concurrency,
    kernels: {
      warm: given.kernels?.warm ?? defaults.kernels.warm,
      preload: given.kernels?.preload ?? defaults.kernels.preload,
    },
    limits: limitsOf(given.limits, defaults.limits),
    retry: retryOf(given.retry, defaults.retry),
    grace: given.shutdown?.grace ?? defaults.grace,
    http: given.http,
    actions: Object.fromEntries(
      Object.entries(given.actions).map(([name, path]) => [name, resolve(from, path)]),
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
  }
}

/** An entry's retries: its own where given, the config's else. */
export function retryOf(given: RetryGiven | undefined, otherwise: RetryOptions): RetryOptions {
  return {
    attempts: given?.attempts ?? otherwise.attempts,
    on: given?.on ?? otherwise.on,
    delay: given?.delay ?? otherwise.delay,
  }
}

/** A program by its path, relative to the config; a bare name is looked up in PATH. */
export function executable(program: string, from: string): string {
  return program.includes('/') ? resolve(from, program) : program
}

const defaultSource: SourceGiven = {
  address: 'localhost:5578',
  prefix: '',
  decoder: 'auto',
  validate: 'warn',
  backlog: 200_000,
  enums: [],
}

function resolveCurve(source: SourceGiven, from: string): SourceGiven {
  if (!source.curve) return source
  const { secret, server } = source.curve
  return { ...source, curve: { secret: resolve(from, secret), server: resolve(from, server) } }
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

function attempt(check: () => unknown, failed: (message: string) => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error
    failed(error.message)
  }
}
