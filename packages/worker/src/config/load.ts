import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import { isNode, LineCounter, parseDocument } from 'yaml'

import { compileConfig } from './compile.js'
import type { Config } from './config.js'
import { ConfigError, type ConfigProblem } from './config-error.js'
import { expandVariables, variablesOfSecrets } from './expand.js'
import { problemsOf } from './problems.js'
import { type ConfigGiven, configSchema } from './schema.js'

/**
 * Reads, checks and compiles a config file. Paths in it are relative to the file's folder.
 *
 * @throws ConfigError with every problem, each with its place.
 * @example
 * ```ts
 * import { loadConfig } from '@prompt-papermill/worker'
 *
 * const config = await loadConfig('/opt/papermill/worker.yml')
 * console.log(config.results.root)
 * ```
 */
export async function loadConfig(
  file: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Config> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    const message = `can't be read: ${(cause as Error).message}`
    throw new ConfigError(file, [{ path: '', message }], { cause })
  }
  return parseConfig(text, file, environment)
}

/**
 * As {@link loadConfig}, of a text.
 *
 * @param text - YAML
 * @param file - names it in errors, and is where relative paths begin
 * @throws ConfigError with every problem, each with its place.
 * @example
 * ```ts
 * import { parseConfig } from '@prompt-papermill/worker'
 *
 * const config = parseConfig('templates: notebooks\nresults: results\n', '/tmp/worker.yml')
 * console.log(config.templates, config.concurrency) // …/notebooks 2
 * ```
 */
export function parseConfig(
  text: string,
  file: string,
  environment: NodeJS.ProcessEnv = process.env,
): Config {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const problems: ConfigProblem[] = document.errors.map(({ message, pos }) => ({
    path: '',
    message: `is no YAML: ${message.split('\n')[0] ?? ''}`,
    line: lines.linePos(pos[0]).line,
  }))
  if (problems.length > 0) throw new ConfigError(file, problems)
  const lineOf = (node: unknown): number | undefined =>
    isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined
  const secretVariables = variablesOfSecrets(document.contents)
  expandVariables(document.contents, environment, (variable, node) => {
    const message = `the environment variable ${variable} is not set (write $\${…} for a literal \${…})`
    problems.push({ path: '', message, line: lineOf(node) })
  })
  if (problems.length > 0) throw new ConfigError(file, problems)
  const parsed = configSchema.safeParse(document.toJS() ?? {}, { reportInput: true })
  if (!parsed.success) {
    throw new ConfigError(
      file,
      problemsOf(parsed.error.issues).map(({ keys, message }) => ({
        path: pathText(keys),
        message,
        line: lineOf(nearestNode(document, keys)),
      })),
    )
  }
  return compileConfig(parsed.data, resolve(file), secretVariables)
}

/**
 * Checks and compiles a config that is given as an object, for embedding.
 *
 * @param given - what the file would say; durations and sizes as text, such as `'30m'`
 * @param file - as in {@link parseConfig}
 * @throws ConfigError with every problem.
 * @example
 * ```ts
 * import { makeConfig } from '@prompt-papermill/worker'
 *
 * const config = makeConfig({ templates: 'notebooks', results: 'results', limits: { cell: '90s' } })
 * console.log(config.limits.cell) // 90000
 * ```
 */
export function makeConfig(given: ConfigGiven, file = 'worker.yml'): Config {
  const parsed = configSchema.safeParse(given, { reportInput: true })
  if (parsed.success) return compileConfig(parsed.data, resolve(file))
  throw new ConfigError(
    file,
    problemsOf(parsed.error.issues).map(({ keys, message }) => ({ path: pathText(keys), message })),
  )
}

function nearestNode(
  document: ReturnType<typeof parseDocument>,
  keys: readonly PropertyKey[],
): unknown {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(keys.slice(0, depth), true)
    if (node !== undefined) return node
  }
  return document.contents
}

function pathText(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    return path === '' ? String(key) : `${path}.${String(key)}`
  }, '')
}
