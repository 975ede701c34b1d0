import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { blocksOn, placed } from '../support/page-blocks.ts'
import { command } from '../support/command-line.ts'
import { hasPython, python, root } from '../support/python.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { vectorPath } from '../support/vectors.js'
import { performSuites } from './support/suites.js'

const page = 'docs/tutorials/your-own-action.md'

/** The project that the tutorial makes. */
async function project(): Promise<string> {
  const folder = await temporaryFolder()
  const [action, tests] = blocksOn(page, 'mjs')
  await Promise.all([
    symlink(join(root, 'node_modules'), join(folder, 'node_modules')),
    writeFile(join(folder, 'package.json'), '{ "type": "module" }\n'),
    writeFile(join(folder, 'usage.js'), action!),
    writeFile(join(folder, 'usage.test.js'), tests!),
  ])
  return folder
}

it('the tests of the action that the tutorial makes pass, and fail without what they test', async () => {
  const folder = await project()
  const file = join(folder, 'usage.test.js')
  expect((await performSuites(folder))(file)).toEqual([])
  const [action] = blocksOn(page, 'mjs')
  await writeFile(join(folder, 'usage.js'), placed(action!, { "'no-data'": "'succeeded'" }))
  expect((await performSuites(folder))(file)).toEqual([
    expect.stringMatching(/^the usage of a run is nothing for a run without events/u),
  ])
})

it.skipIf(!hasPython)('the worker runs that action as the tutorial says', async () => {
  const folder = await project()
  const config = join(folder, 'worker.yml')
  const shown = placed(blocksOn(page, 'yaml')[0]!, { '[scan, count]': '[reflection_scan]' })
  await writeFile(config, `${shown}python: ${python}\nkernels: { warm: 0 }\nhttp: false\n`)
  const recording = vectorPath('reflection_scan', 'frames')
  const { stdout, stderr } = await command(['replay', recording, '-c', config])
  expect(`${stdout}\n${stderr}`).toMatch(/usage: succeeded/u)
  expect((await command(['replay', recording, '-c', config])).stderr).toContain('known already')
})
