import { pathToFileURL } from 'node:url'

import type { Action } from '@prompt-papermill/core'

import type { Config } from '../config/compile.js'
import { ConfigError, type ConfigProblem } from '../config/config-error.js'

/**
 * Imports the custom actions that a config names: modules whose default export is an Action.
 *
 * @throws ConfigError naming every module that can't be used, and why.
 */
export async function loadActions(config: Config): Promise<ReadonlyMap<string, Action>> {
  const problems: ConfigProblem[] = []
  const actions = new Map<string, Action>()
  for (const [name, path] of Object.entries(config.actions)) {
    try {
      const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
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

function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false
  const { name, run } = value as Partial<Action>
  return typeof name === 'string' && typeof run === 'function'
}
