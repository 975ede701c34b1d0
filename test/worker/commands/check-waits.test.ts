import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { checkWaits } from '../../../packages/worker/src/commands/check/waits.js'
import { makeConfig } from '../../../packages/worker/src/config/load.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

describe('check', () => {
  it('looks for the folders and programs that jobs wait with', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'ready.sh'), '#!/bin/sh\n', { mode: 0o755 })
    await writeFile(join(folder, 'closed.sh'), '#!/bin/sh\n', { mode: 0o644 })
    const template = 'a.ipynb'
    const config = makeConfig(
      {
        templates: 't',
        results: 'r',
        wait: { roots: ['.', 'nowhere', 'ready.sh'] },
        rules: [
          {
            name: 'rule',
            when: {},
            wait: { all: [{ command: ['./ready.sh'] }, { command: ['sh'] }] },
            notebooks: [{ template, wait: { command: ['./closed.sh'] } }],
          },
        ],
      },
      join(folder, 'worker.yml'),
    )
    const results = await checkWaits(config)
    expect(results.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['wait.roots', 'ok'],
      ['wait.roots', 'warn'],
      ['wait.roots', 'warn'],
      ['wait.command', 'ok'],
      ['wait.command', 'ok'],
      ['wait.command', 'warn'],
    ])
    expect(results[5]?.message).toContain(`${join(folder, 'closed.sh')} can't be started`)
  })

  it('has nothing to say where nothing is waited for', async () => {
    expect(await checkWaits(makeConfig({ templates: 't', results: 'r' }))).toEqual([])
  })
})
