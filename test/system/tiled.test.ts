import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { command, emptyNotebook, ended, publisher, readJson } from '../support/command-line.ts'
import { allEnded, Effects } from '../support/effects.ts'
import { frameOf } from '../support/frames.ts'
import { deploymentWith, measured } from '../support/measured.ts'
import { hasTiled, TiledServer } from '../support/tiled-server.ts'

/** Reads the run from the data server. */
const readingCell = [
  'import os',
  'from tiled.client import from_uri',
  'table = from_uri(tiled_url)[uid]["primary/internal"].read()',
  'print("rows", len(table), "key", "TILED_API_KEY" in os.environ)',
].join('\n')

const showingCell = 'import os\nprint("key", "TILED_API_KEY" in os.environ)'

function withCell(notebook: string, source: string): string {
  const parsed = JSON.parse(notebook) as { cells: object[] }
  parsed.cells.push({
    ...{ cell_type: 'code', execution_count: null, id: 'work', metadata: {}, outputs: [] },
    source,
  })
  return JSON.stringify(parsed)
}

describe.skipIf(!hasTiled)('a worker with a data server', { timeout: 400_000 }, () => {
  let folder: string
  let server: TiledServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'papermill-tiled-'))
    server = await TiledServer.start(folder)
  }, 180_000)
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const env = () => ({ TILED_API_KEY: server.apiKey })
  const tiled = (more = '') =>
    `tiled: { url: "${server.url}", key: "\${TILED_API_KEY}", every: false${more} }\nhttp: false`

  it('has jobs wait until their run can be read there, and falls back on its documents', async () => {
    const from = await publisher()
    const deployment = await deploymentWith('')
    const effects = await Effects.in(deployment.folder)
    const rules = effects.config.replace(
      'when: {}',
      'when: {}, wait: { tiled: true, every: 200ms, factor: 1, limit: 15s }',
    )
    deployment.write(
      `source: { address: "${from.address}" }\n${tiled()}\nkernels: { warm: 0 }\n${rules.replace('use: quick', 'use: quick, documents: true')}`,
    )
    const joined = from.joined()
    const worker = await deployment.start(env())
    await joined
    const { uids, runs } = await measured(server, ['count'])
    const nowhere = '00000000-0000-4000-8000-000000000000'
    const lost = JSON.parse(
      JSON.stringify(runs[0]).replaceAll(uids[0] as string, nowhere),
    ) as (typeof runs)[0]
    await from.send(lost.map((message) => frameOf(message)))
    const [waiting] = await deployment.jobsWhen((jobs) => jobs[0]?.state === 'waiting')
    expect(waiting?.message).toMatch(/for the run in http.*raw: it is not there yet/u)
    await from.send((runs[0] as typeof lost).map((message) => frameOf(message)))
    await deployment.jobsWhen((jobs) => jobs.some(({ state }) => state === 'succeeded'))
    // the other one has to wait for its limit
    await deployment.jobsWhen(ended(2))
    expect(effects.list.map(({ uid }) => uid)).toEqual([...uids, nowhere])
    const messages = new Map((await deployment.jobs()).map(({ uid, message }) => [uid, message]))
    expect(messages.get(uids[0] as string)).toBeNull()
    expect(messages.get(nowhere)).toContain("it went on with the run's own documents")
    await worker.end()
  })

  it('reruns and explains a run that its ledger never saw, and tells one that nobody has', async () => {
    const { uids } = await measured(server, ['scan'])
    const [uid = ''] = uids
    const deployment = await deploymentWith('')
    const effects = await Effects.in(deployment.folder)
    deployment.write(`source: { address: "127.0.0.1:9" }\n${tiled()}\n${effects.config}`)
    await deployment.written
    Object.assign(process.env, env())
    const explained = await deployment.command('explain', '--uid', uid, '--json')
    expect(JSON.parse(explained.stdout)).toMatchObject({
      uid,
      rules: [{ rule: 'all', matched: true }],
    })

    const from = await publisher()
    deployment.write(`source: { address: "${from.address}" }\n${tiled()}\n${effects.config}`)
    const worker = await deployment.start(env())
    const dry = await deployment.command('rerun', uid, '--dry-run')
    expect(dry).toMatchObject({ exitCode: 0 })
    expect(await deployment.jobs()).toEqual([])
    const again = await deployment.command('rerun', uid, '--wait')
    expect(again).toMatchObject({ exitCode: 0 })
    expect(await deployment.jobs()).toMatchObject([{ uid, state: 'succeeded', attempt: 1 }])
    expect(effects.list).toEqual([{ uid, origin: 'catch-up', complete: true }])
    // now it is known, so that this is another attempt
    await deployment.command('rerun', uid, '--wait')
    expect(await deployment.jobs()).toMatchObject([{ uid, state: 'succeeded', attempt: 2 }])

    const nobody = await deployment.command('rerun', 'no-such-run-at-all')
    expect(nobody.exitCode).toBe(1)
    expect(nobody.stderr).toMatch(
      /there is no job or run "no-such-run-at-all".*raw has no run of that uid/su,
    )
    const unknown = await deployment.command('explain', '--uid', 'no-such-run-at-all')
    expect(unknown.exitCode).toBe(1)
    expect(unknown.stderr).toContain('does not have it either')
    await worker.end()
    delete process.env.TILED_API_KEY
  })

  it('connects the notebooks that ask for it, and keeps the key from files, log and others', async () => {
    const templates = join(folder, 'templates')
    await mkdir(templates)
    const asking = emptyNotebook.replace('documents = \\"\\"', '$&\\ntiled_url = \\"\\"')
    await writeFile(join(templates, 'asks.ipynb'), withCell(asking, readingCell))
    await writeFile(join(templates, 'plain.ipynb'), withCell(emptyNotebook, showingCell))
    const from = await publisher()
    const notebooks = 'notebooks: [{ template: asks.ipynb }, { template: plain.ipynb }]'
    const deployment = await deploymentWith(
      `source: { address: "${from.address}" }\n${tiled()}\nrules: [{ name: all, when: {}, ${notebooks} }]`,
      templates,
    )
    const joined = from.joined()
    const worker = await deployment.start(env())
    await joined
    const { messages } = await measured(server, ['count'])
    await from.send(messages.map((message) => frameOf(message)))
    const jobs = await allEnded(deployment, 2)
    expect(jobs.map(({ state, message }) => [state, message])).toEqual([
      ['succeeded', null],
      ['succeeded', null],
    ])
    const folders = new Map(jobs.map(({ entry, results_dir: at }) => [entry, String(at)]))
    const text = (entry: string) => readFile(join(folders.get(entry)!, `${entry}.ipynb`), 'utf8')
    expect(await text('asks')).toContain('rows 3 key True')
    expect(await text('plain')).toContain('key False')
    const manifest = await readJson<{ parameters: Record<string, unknown> }>(
      join(folders.get('asks')!, 'manifest.json'),
    )
    expect(manifest.parameters.tiled_url).toBe(`${server.url}/api/v1/metadata/raw`)
    const { stderr } = await worker.end()
    const files = ['asks.ipynb', 'manifest.json', 'log.txt']
    const all = await Promise.all(
      files.map((name) => readFile(join(folders.get('asks')!, name), 'utf8')),
    )
    for (const each of [...all, stderr]) expect(each).not.toContain(`"${server.apiKey}"`)
  })

  it('is checked: whether it answers, lets us in and has the catalog', async () => {
    const check = async (line: string) => {
      const deployment = await deploymentWith(`${line}\nhttp: false`)
      const { stdout } = await command(['check', '-c', deployment.config])
      return stdout.split('\n').find((found) => found.includes('tiled http'))
    }
    const at = `tiled: { url: "${server.url}", key: ${server.apiKey}`
    expect(await check(`${at} }`)).toMatch(/^ok .*the catalog raw can be read/u)
    expect(await check(`${at}, path: cooked }`)).toMatch(/^FAIL.*no "cooked" in its tree/u)
    expect(await check(`tiled: { url: "${server.url}", key: wrong }`)).toMatch(
      /^FAIL.*401.*API key/u,
    )
    expect(await check('tiled: { url: "http://127.0.0.1:9" }')).toMatch(/^FAIL.*is it running/u)
  })
})
