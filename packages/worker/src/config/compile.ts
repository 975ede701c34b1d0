import { dirname, join, resolve } from 'node:path'

import {
  BlueskyError,
  checkPattern,
  defaultPattern,
  type RetryOptions,
  waitDefaults,
} from '@prompt-papermill/core'

import { compileAlarm } from './compile-alarm.js'
import { compileHttp } from './compile-http.js'
import { compileQueue } from './compile-queue.js'
import { compileSource, type SourceGiven } from './compile-source.js'
import { compileTiled } from './compile-tiled.js'
import { compileWebhooks } from './compile-webhooks.js'
import type { Config, Limits, RetentionAges } from './config.js'
import { ConfigError } from './config-error.js'
import { limitsOf, retryOf, waitScheduleOf } from './entry-options.js'
import { executable, launcherOf } from './programs.js'
import type { ConfigWithDefaults } from './schema.js'
import { zmqSource } from './source-schema.js'

type Fail = (path: string, message: string) => never

/** The defaults that the schema doesn't hold, in one place. */
const defaults = {
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

const defaultSource: SourceGiven = zmqSource.parse({})

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
  const fail: Fail = (path, message) => {
    throw new ConfigError(file, [{ path, message }])
  }
  const sources = compileSources(given, from, fail)
  const results = compileResults(given.results, from, fail)
  checkRules(given, fail)
  return {
    file,
    sources,
    tiled: compileTiled(given.tiled),
    runs: compileRuns(given.runs),
    templates: resolve(from, given.templates),
    results,
    state:
      given.state === undefined ? join(dirname(results.root), 'state') : resolve(from, given.state),
    python: executable(given.python, from),
    launcher: launcherOf(given.launcher, from),
    queue: compileQueue(given.queue, from, results.root),
    concurrency: given.queue.concurrency,
    capacity: given.queue.capacity,
    kernels: compileKernels(given.kernels, secretVariables),
    limits: limitsOf(given.limits, defaults.limits),
    retry: retryOf(given.retry, defaults.retry),
    wait: {
      roots: (given.wait?.roots ?? []).map((root) => resolve(from, root)),
      schedule: waitScheduleOf(given.wait, waitDefaults),
    },
    grace: given.shutdown?.grace ?? defaults.grace,
    retention: compileRetention(given.retention),
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

function compileSources(
  { source, sources }: ConfigWithDefaults,
  from: string,
  fail: Fail,
): readonly SourceGiven[] {
  if (source && sources) fail('sources', 'give either source or sources')
  return (sources ?? [source ?? defaultSource]).map((given, i) =>
    attempt(
      () => compileSource(given, from),
      (message) => fail(sources ? `sources[${i}]` : 'source', message),
    ),
  )
}

function compileRuns(given: ConfigWithDefaults['runs']): Config['runs'] {
  const { maxOpen, maxIdle } = defaults.runs
  return { maxOpenRuns: given?.maxOpen ?? maxOpen, maxIdle: given?.maxIdle ?? maxIdle }
}

function compileResults(
  given: ConfigWithDefaults['results'],
  from: string,
  fail: Fail,
): Config['results'] {
  const {
    root,
    pattern = defaultPattern,
    umask,
    group,
  } = typeof given === 'string' ? { root: given } : given
  attempt(
    () => checkPattern(pattern),
    (message) => fail('results.pattern', message),
  )
  return {
    root: resolve(from, root),
    pattern,
    umask: umask === undefined ? undefined : Number.parseInt(umask, 8),
    group,
  }
}

function compileKernels(
  given: ConfigWithDefaults['kernels'],
  secretVariables: readonly string[],
): Config['kernels'] {
  const { warm, preload, fork } = defaults.kernels
  return {
    warm: given?.warm ?? warm,
    preload: given?.preload ?? preload,
    fork: given?.fork ?? fork,
    env: Object.fromEntries(secretVariables.map((name) => [name, undefined])),
  }
}

function compileRetention(given: ConfigWithDefaults['retention']): RetentionAges {
  return {
    attempts: given?.attempts ?? null,
    documents: given?.documents ?? null,
    rows: given?.rows ?? null,
  }
}

function checkRules(given: ConfigWithDefaults, fail: Fail): void {
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
