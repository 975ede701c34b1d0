/* eslint-disable no-template-curly-in-string -- that is how variables look in the config */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it, vi } from 'vitest'

import { stateFolder } from '../../../packages/worker/src/config/state-folder.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

async function folderOf(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'worker.yml')
  await writeFile(file, text)
  const folder = await stateFolder(file)
  return folder.replace(join(file, '..'), 'HERE')
}

describe('the state folder', () => {
  it('is known though something else in the config is wrong', async () => {
    vi.stubEnv('PP_TEST_ROOT', '/srv')
    expect(await folderOf('templates: t\nresults: r\nstate: s\n')).toBe('HERE/s')
    expect(await folderOf('results: r\nstate: s\nrulez: []\n')).toBe('HERE/s')
    expect(await folderOf('results: ${PP_TEST_ROOT}/r\nrules: 3\nx: ${UNSET_HERE}\n')).toBe(
      '/srv/state',
    )
    expect(await folderOf('results: { root: a/r }\n')).toBe('HERE/a/state')
    vi.unstubAllEnvs()
  })

  it.each(['rules: 3\n', 'state: 7\nresults: r\n', 'state: ${UNSET_HERE}\n', ': [\n', '- a\n'])(
    'is not guessed from %j',
    async (text) => {
      await expect(folderOf(text)).rejects.toMatchObject({ name: 'ConfigError' })
    },
  )

  it('is not there without the file', async () => {
    await expect(stateFolder('/nowhere/worker.yml')).rejects.toThrow("can't be read")
  })
})
