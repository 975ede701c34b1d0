import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { isEndState } from '@prompt-papermill/core'
import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { createWorker, loadConfig } from '@prompt-papermill/worker'
import pino from 'pino'
import { afterEach, expect, it, vi } from 'vitest'

import { explain } from '../../../packages/worker/src/commands/explain.ts'
import { python, root } from '../../support/python.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const token = 'ghu_4Xk2mQ9sVt7LzR1b'
const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----'

const config = (folder: string) => `
templates: ${root}/test/fixtures/notebooks
results: ${folder}/results
state: ${folder}/state
python: ${python}
http: false
kernels: { warm: 1, preload: [] }
retry: { attempts: 1 }
rules:
  - name: all
    when: { plan_name: count }
    notebooks:
      - template: tells-its-secrets.ipynb
        secrets: { RUNNER_TEST_TOKEN: "\${BEAMLINE_TOKEN}", RUNNER_TEST_KEY: "\${BEAMLINE_KEY}", RUNNER_TEST_PIN: '1234' }
        parameters: { raises: true }
        html: true
      - template: tells-its-process.ipynb
      - { template: tells-its-process.ipynb, name: launched, launcher: [env, LAUNCHED=yes] }
`

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it('a secret of the config is in the kernel of its entry, in no other, and in nothing that is kept or told', async () => {
  vi.stubEnv('BEAMLINE_TOKEN', token)
  vi.stubEnv('BEAMLINE_KEY', key)
  const folder = await temporaryFolder()
  const file = join(folder, 'worker.yml')
  await writeFile(file, config(folder))
  const told: string[] = []
  const logger = pino({ level: 'trace' }, { write: (line) => void told.push(line) })
  const source = new FakeSource()
  const worker = await createWorker(await loadConfig(file), { logger, sources: [source] })
  const folders = new Map<string, string>()
  const done = new Promise<void>((resolve) => {
    worker.router.events.on('job', (status) => {
      told.push(JSON.stringify(status))
      if (!isEndState(status.state)) return
      folders.set(status.job.entry, `${status.resultsDir} ${status.state.state}`)
      if (folders.size === 3) resolve()
    })
  })
  source.send(...makeRunDocuments({ plan_name: 'count', uid: 'run-1' }).messages)
  await done
  await worker.stop()

  const place = (entry: string) => (folders.get(entry) ?? '').split(' ')
  const [failed, state] = place('tells-its-secrets')
  expect(state).toBe('failed')
  expect(await readdir(failed ?? '')).toEqual(
    expect.arrayContaining(['digests.json', 'tells-its-secrets.html']),
  )
  for (const entry of ['tells-its-process', 'launched']) {
    const [there, ended] = place(entry)
    expect(ended).toBe('succeeded')
    const about = await readFile(join(there ?? '', 'about.json'), 'utf8')
    expect(about).not.toMatch(/BEAMLINE_TOKEN|RUNNER_TEST_TOKEN/)
    expect(about.includes('"LAUNCHED": "yes"')).toBe(entry === 'launched')
  }

  vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(String(text)) > 0)
  for (const json of [true, false]) await explain({ config: file, uid: 'run-1', json })
  expect(told.at(-1)).toContain('tells-its-secrets')

  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const each of files) {
    if (!each.isFile() || each.name === 'worker.yml') continue
    told.push((await readFile(join(each.parentPath, each.name))).toString('latin1'))
  }
  expect(told.join('\n')).toContain('ValueError')
  for (const secret of [token, 'MIIEvQIBADANBg']) expect(told.join('\n')).not.toContain(secret)
})
