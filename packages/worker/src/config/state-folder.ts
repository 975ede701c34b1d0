import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

import { parseDocument } from 'yaml'

import { ConfigError } from './config-error.js'
import { expandVariables } from './expand.js'
import { loadConfig } from './load.js'

/**
 * The state folder that a config names, also where something else in it is wrong: a worker that runs can be
 * operated, and its ledger read, while its config is being edited.
 *
 * @throws ConfigError if the folder itself can't be told.
 */
export async function stateFolder(file: string): Promise<string> {
  try {
    return (await loadConfig(file)).state
  } catch (error) {
    const folder = error instanceof ConfigError ? await onlyState(file).catch(() => null) : null
    if (folder === null) throw error
    return folder
  }
}

async function onlyState(file: string): Promise<string | null> {
  const document = parseDocument(await readFile(file, 'utf8'))
  const unset: string[] = []
  for (const key of ['state', 'results']) {
    expandVariables(document.get(key, true), process.env, (variable) => unset.push(variable))
  }
  const { state, results } = document.toJS() as { state?: unknown; results?: unknown }
  const root = typeof results === 'object' ? (results as { root?: unknown } | null)?.root : results
  if (unset.length > 0) return null
  if (typeof state === 'string') return resolve(dirname(file), state)
  if (state !== undefined || typeof root !== 'string') return null
  return join(dirname(resolve(dirname(file), root)), 'state')
}
