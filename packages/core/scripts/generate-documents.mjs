/**
 * Makes packages/core's schemas, document types and validators from the installed event-model.
 *
 *     node packages/core/scripts/generate-documents.mjs [--check] [--package DIR]
 *
 * `--check` writes nothing and exits with 1 if a file differs from what would be written. The Python is
 * the checkout's own `.venv`, or the one in the environment variable PYTHON. `--package` is the folder
 * to write to or compare with, packages/core unless given.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { readSchemas, schemaFiles } from './generate/schemas.mjs'
import { typeFiles } from './generate/types.mjs'
import { validatorFiles } from './generate/validators.mjs'

const here = fileURLToPath(new URL('..', import.meta.url))

function findPython() {
  const python = process.env.PYTHON ?? join(here, '../../.venv/bin/python')
  if (process.env.PYTHON || existsSync(python)) return python
  throw new Error('there is no .venv yet: run `npm run prepare:checkout`, or set PYTHON')
}

async function generate() {
  const source = await readSchemas(findPython())
  const types = await typeFiles(source)
  const validators = await validatorFiles(source)
  return {
    version: source.version,
    files: new Map([...schemaFiles(source), ...types, ...validators]),
  }
}

async function write(folder, { files, version }) {
  for (const [path, text] of files) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
  }
  console.error(`${files.size} files made from event-model ${version}`)
}

async function check(folder, { files, version }) {
  const stale = []
  for (const [path, text] of files) {
    const found = await readFile(join(folder, path), 'utf8').catch(() => undefined)
    if (found !== text) stale.push(`${path} ${found === undefined ? 'is missing' : 'differs'}`)
  }
  if (stale.length === 0) return console.error(`up to date with event-model ${version}`)
  console.error(
    `not what event-model ${version} gives; run \`npm run generate\`:\n${stale.join('\n')}`,
  )
  process.exitCode = 1
}

try {
  const { values } = parseArgs({
    options: { check: { type: 'boolean' }, package: { type: 'string', default: here } },
  })
  await (values.check ? check : write)(resolve(values.package), await generate())
} catch (error) {
  console.error(`generate-documents: ${error.message}`)
  process.exitCode = 1
}
