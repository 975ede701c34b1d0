import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's own folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A path inside the checkout. */
export const at = (...parts) => join(root, ...parts)

/** The Python environment that the tests and the demo use. */
export const venv = at('.venv')
export const venvPython = join(venv, 'bin', 'python')

/** The folders of the packages, as `packages/core`. */
export const packageFolders = () => readdirSync(at('packages')).map((name) => `packages/${name}`)

/** What a JSON file in the checkout says, or undefined if there is none. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}
