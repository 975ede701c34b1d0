import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { typeNames } from './names.mjs'

const printer = fileURLToPath(new URL('../print-schemas.py', import.meta.url))

/**
 * Reads the schemas of the event-model that `python` has installed.
 *
 * @returns `version`, and `documents`: by document name its schema's `file`, `text` and parsed `schema`
 */
export async function readSchemas(python) {
  const { stdout } = await promisify(execFile)(python, [printer], { maxBuffer: 1 << 24 })
  const { version, schemas } = JSON.parse(stdout)
  const unknown = Object.keys(schemas).filter((name) => !(name in typeNames))
  const missing = Object.keys(typeNames).filter((name) => !(name in schemas))
  if (unknown.length + missing.length > 0) {
    throw new Error(
      `event-model ${version} has other documents (new: ${unknown.join(', ') || 'none'}; ` +
        `gone: ${missing.join(', ') || 'none'}): bring scripts/generate/names.mjs and ` +
        'src/documents/messages.ts up to date',
    )
  }
  const documents = Object.keys(typeNames).map((name) => [
    name,
    { ...schemas[name], schema: JSON.parse(schemas[name].text) },
  ])
  return { version, documents: Object.fromEntries(documents) }
}

/** The copies that the package ships, by path under packages/core. */
export function schemaFiles({ version, documents }) {
  const source = {
    package: 'event-model',
    version,
    documents: Object.fromEntries(
      Object.entries(documents).map(([name, { file }]) => [name, file]),
    ),
  }
  return new Map([
    ['schemas/source.json', `${JSON.stringify(source, null, 2)}\n`],
    ...Object.values(documents).map(({ file, text }) => [`schemas/${file}`, text]),
  ])
}
