import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { loadConfig } from '@prompt-papermill/worker'
import { describe, expect, it } from 'vitest'

import { root } from '../support/python.js'

const folder = join(root, 'docs/examples')
const projects = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

describe.each(projects)('the example project %s', (name) => {
  const project = join(folder, name)

  it('has a config that the worker takes, and names only files that are there', async () => {
    const { actions } = await loadConfig(join(project, 'worker.yml'))
    const missing = Object.values(actions).filter((path) => !existsSync(path))
    expect(missing).toEqual([])
  })

  it('is in the list, and has tests that are run with ours', async () => {
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain(
      `[${name}](${name}/README.md)`,
    )
    expect(readdirSync(project).filter((file) => file.endsWith('.test.js'))).toHaveLength(1)
  })

  it('needs nothing but what its package.json names', async () => {
    const manifest = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
      dependencies?: object
      devDependencies?: object
    }
    const named = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    const files = readdirSync(project).filter((file) => file.endsWith('.js'))
    const texts = await Promise.all(files.map((file) => readFile(join(project, file), 'utf8')))
    const imported = [...texts.join('\n').matchAll(/from '([^'.][^']*)'/gu)]
      .map(([, from = '']) => from)
      .filter((from) => !from.startsWith('node:'))
      .map((from) =>
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      )
    expect(imported.filter((from) => !named.includes(from))).toEqual([])
  })
})
