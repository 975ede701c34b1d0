import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Deployment, publisher } from '../support/command-line.ts'
import { allEnded } from '../support/effects.ts'
import { measured } from '../support/measured.ts'
import { notebookOf } from '../support/notebook.mjs'
import { blocksOn, placed } from '../support/page-blocks.ts'
import { python } from '../support/python.ts'
import { hasTiled, TiledServer } from '../support/tiled-server.ts'

const page = 'docs/how-to/tiled.md'

describe.skipIf(!hasTiled)(`"${page}"`, { timeout: 400_000 }, () => {
  let folder: string
  let server: TiledServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'papermill-tiled-page-'))
    server = await TiledServer.start(folder)
  }, 180_000)
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it('works as written: config, check, catching up, and a notebook that reads its run', async () => {
    const from = await publisher()
    const deployment = new Deployment('')
    await deployment.written
    const [config = ''] = blocksOn(page, 'yaml')
    const shown = placed(config, {
      'localhost:5578': from.address,
      'http://localhost:8000': server.url,
      '/opt/papermill': deployment.folder,
    })
    const own = `state: ${deployment.state}\npython: ${python}\nhttp: false\nkernels: { warm: 0 }\n`
    await writeFile(deployment.config, `${shown}${own}`)
    await mkdir(join(deployment.folder, 'templates'))
    const notebook = notebookOf(...blocksOn(page, 'python'))
    await writeFile(join(deployment.folder, 'templates', 'count.ipynb'), notebook)

    const env = { TILED_API_KEY: server.apiKey }
    await (await deployment.start(env)).end()
    await measured(server, ['count*2'])
    const worker = await deployment.start(env)
    const jobs = await allEnded(deployment, 2)
    expect(jobs.map(({ state, message }) => [state, message])).toEqual([
      ['succeeded', null],
      ['succeeded', null],
    ])
    const executed = join(String(jobs[0]?.results_dir), 'count.ipynb')
    expect(await readFile(executed, 'utf8')).toContain('count 3 events')
    await worker.end()
  })
})
