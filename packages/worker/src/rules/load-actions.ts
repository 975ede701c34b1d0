import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

import type { Action } from '@prompt-papermill/core'

import type { Config } from '../config/config.js'
import { ConfigError, type ConfigProblem } from '../config/config-error.js'

/**
 * Imports the custom actions that a config names: modules whose default export is an Action. One that was edited
 * since it was imported last is imported anew; what it imports itself is not.
 *
 * @returns the actions by the names that the config gives them.
 * @throws ConfigError naming every module that can't be used, and why.
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises'
 *
 * import { loadActions, makeConfig } from '@prompt-papermill/worker'
 *
 * await writeFile('/tmp/note.mjs', "export default { name: 'note', run: async () => ({ state: 'succeeded' }) }")
 * const given = { templates: 'notebooks', results: 'results', actions: { note: './note.mjs' } }
 * const actions = await loadActions(makeConfig(given, '/tmp/worker.yml'))
 * console.log([...actions.keys()]) // [ 'note' ]
 * ```
 */
export async function loadActions(config: Config): Promise<ReadonlyMap<string, Action>> {
  const problems: ConfigProblem[] = []
  const actions = new Map<string, Action>()
  for (const [name, path] of Object.entries(config.actions)) {
    try {
      const module = await importAsItIs(path)
      if (isAction(module.default)) actions.set(name, module.default)
      else {
        const message = `${path} has no default export with a \`name\` and a function \`run\``
        problems.push({ path: `actions.${name}`, message })
      }
    } catch (error) {
      const message = `${path} can't be imported: ${(error as Error).message}`
      problems.push({ path: `actions.${name}`, message })
    }
  }
  if (problems.length > 0) throw new ConfigError(config.file, problems)
  return actions
}

/** Modules are remembered by their URL, CommonJS ones by their path: so that an edit counts, both must be new. */
async function importAsItIs(path: string): Promise<{ default?: unknown }> {
  const url = pathToFileURL(path)
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  url.searchParams.set('sha256', digest.slice(0, 16))
  if (digests.get(path) !== digest) {
    Reflect.deleteProperty(createRequire(import.meta.url).cache, path)
    digests.set(path, digest)
  }
  return (await import(url.href)) as { default?: unknown }
}

/** The digest of each module as it was imported last, by its path. */
const digests = new Map<string, string>()

function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false
  const { name, run } = value as Partial<Action>
  return typeof name === 'string' && typeof run === 'function'
}
