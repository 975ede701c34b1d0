import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { makeConfig } from '../../../packages/worker/src/config/load.js'
import { loadActions } from '../../../packages/worker/src/rules/load-actions.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

async function load(folder: string, file: string): Promise<string | undefined> {
  const actions = { it: file }
  const config = makeConfig({ templates: '/t', results: '/r', actions }, join(folder, 'worker.yml'))
  return (await loadActions(config)).get('it')?.name
}

describe('the modules of actions', () => {
  it.each([
    ['act.mjs', (name: string) => `export default { name: '${name}', run() {} }`],
    ['act.cjs', (name: string) => `module.exports = { name: '${name}', run() {} }`],
  ])('%s is imported anew when it was edited, and not otherwise', async (file, text) => {
    const folder = await temporaryFolder()
    const path = join(folder, file)
    await writeFile(path, text('first'))
    expect(await load(folder, file)).toBe('first')
    await writeFile(path, text('second'))
    expect(await load(folder, file)).toBe('second')
    // what it holds in memory lasts as long as it is the same
    const counting = `globalThis.imports = (globalThis.imports ?? 0) + 1\n${text('third')}`
    await writeFile(path, counting)
    await load(folder, file)
    await load(folder, file)
    expect((globalThis as { imports?: number }).imports).toBe(1)
    delete (globalThis as { imports?: number }).imports
  })

  it('that can’t be used are named, with why', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'bad.mjs'), 'export default { name: 3 }')
    await expect(load(folder, 'bad.mjs')).rejects.toThrow('no default export with a `name`')
    await expect(load(folder, 'none.mjs')).rejects.toThrow("none.mjs can't be imported: ENOENT")
    await writeFile(join(folder, 'broken.mjs'), 'export default {')
    await expect(load(folder, 'broken.mjs')).rejects.toThrow("broken.mjs can't be imported")
  })
})
