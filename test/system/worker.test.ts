import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Manifest } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import {
  Deployment,
  emptyNotebook,
  ended,
  publisher,
  readJson,
  startJoined,
  temporaryFolder,
} from '../support/command-line.ts'
import { asAnotherRun, framesOf } from '../support/frame-publisher.ts'
import { root } from '../support/python.ts'

const fixtures = join(root, 'test/fixtures/notebooks')

describe('the worker', () => {
  it('runs the notebooks of one rule with their typed parameters', async () => {
    const text = `it's "quoted",\nand 2024_2`
    const from = await publisher()
    const deployment = new Deployment(`
source: { address: "${from.address}" }
http: false
rules:
  - name: three
    when: { plan_name: reflection_scan, stop.exit_status: success }
    notebooks:
      - { template: prints-parameters.ipynb, name: one, parameters: { text: ${JSON.stringify(text)} } }
      - { template: prints-parameters.ipynb, name: two, parameters: { text: $start.sample_name, nested: $$literal } }
      - template: prints-parameters.ipynb
        name: three
        parameters: { text: '2024_2', nested: { points: $start.num_points, missing: { ref: $start.nothing, default: 1.5 } } }
`)
    await startJoined(deployment, from)
    await from.send(framesOf('reflection_scan'))
    const jobs = await deployment.jobsWhen(ended(3))
    expect(
      jobs.map(({ entry, state, reason, message }) => [entry, state, reason, message]),
    ).toEqual([
      ['one', 'succeeded', null, null],
      ['two', 'succeeded', null, null],
      ['three', 'succeeded', null, null],
    ])
    const manifests = await Promise.all(
      jobs.map(({ results_dir: folder }) =>
        readJson<Manifest>(join(folder ?? '', 'manifest.json')),
      ),
    )
    expect(manifests.map(({ parameters }) => parameters)).toMatchObject([
      { text },
      { text: 'water/air', nested: '$literal' },
      { text: '2024_2', nested: { points: 11, missing: 1.5 } },
    ])
    // what the kernel itself saw, as Python's ascii() shows it
    const seen = await Promise.all(
      jobs.map(({ results_dir: folder }) =>
        readJson<Record<string, string>>(join(folder ?? '', 'given.json')),
      ),
    )
    expect(seen.map(({ text: shown, nested }) => [shown, nested])).toEqual([
      [`'it\\'s "quoted",\\nand 2024_2'`, 'None'],
      ["'water/air'", "'$literal'"],
      ["'2024_2'", "{'points': 11, 'missing': 1.5}"],
    ])
    expect(seen.map(({ uid }) => uid)).toEqual(
      Array(3).fill("'5d8beb4d-8b22-44a9-a1da-0839189a2104'"),
    )
    const { start_digest: digest, template_sha256: hash, artifacts } = manifests[0] as Manifest
    expect(digest).toMatch(/^[\da-f]{64}$/u)
    expect(hash).toMatch(/^[\da-f]{64}$/u)
    expect(artifacts.map(({ name }) => name)).toEqual(['given.json', 'log.txt', 'one.ipynb'])
  })

  it('skips a failed run by the default rule, and makes no job without a template', async () => {
    const from = await publisher()
    const deployment = new Deployment(`source: { address: "${from.address}" }\nhttp: false`)
    await startJoined(deployment, from)
    await from.send([...framesOf('failing'), ...framesOf('grid'), ...framesOf('reflection_scan')])
    const jobs = await deployment.jobsWhen(ended(2))
    expect(jobs.map(({ rule, entry, state, reason }) => [rule, entry, state, reason])).toEqual([
      ['default', 'reflection_scan', 'skipped', 'exit-status'],
      ['default', 'reflection_scan', 'succeeded', null],
    ])
    expect(await deployment.runs()).toHaveLength(3)
  })

  it('runs an edited template for the next run', async () => {
    const from = await publisher()
    const templates = temporaryFolder()
    const template = join(templates, 'reflection_scan.ipynb')
    await copyFile(join(fixtures, 'raises.ipynb'), template)
    const deployment = new Deployment(
      `source: { address: "${from.address}" }\nhttp: false`,
      templates,
    )
    await startJoined(deployment, from)
    await from.send(framesOf('reflection_scan'))
    const [first] = await deployment.jobsWhen(ended(1))
    await writeFile(template, emptyNotebook)
    await from.send(asAnotherRun(framesOf('reflection_scan')))
    const [, second] = await deployment.jobsWhen(ended(2))
    expect([first?.state, first?.reason, second?.state]).toEqual([
      'failed',
      'cell-error',
      'succeeded',
    ])
  })

  it('goes on after garbage, an unknown name and a run joined in the middle, and says each', async () => {
    const from = await publisher()
    const deployment = new Deployment(`source: { address: "${from.address}" }\nhttp: false`)
    const worker = await startJoined(deployment, from)
    const run = framesOf('reflection_scan')
    await from.send([
      'nothing',
      ' surprise {"uid": "a"}',
      ' start \u0000\u0001garbage',
      ' stop {"uid": "b", "time": 1}',
      ...asAnotherRun(run).slice(5),
      'other start {"uid": "c", "time": 1}',
      ...run,
    ])
    const jobs = await deployment.jobsWhen(ended(1))
    expect(jobs).toMatchObject([
      { state: 'succeeded', uid: '5d8beb4d-8b22-44a9-a1da-0839189a2104' },
    ])
    const { stderr, exitCode } = await worker.end()
    expect(exitCode).toBe(0)
    const lines = stderr.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    const dropped = lines.filter(({ reason }) => reason !== undefined).map(({ reason }) => reason)
    expect(dropped).toEqual(['bad-frame', 'unknown-name', 'bad-payload', 'invalid'])
    const messages = lines.map(({ msg }) => String(msg)).join('\n')
    expect(messages).toContain('a document came whose run is not known')
    expect(messages).toContain('a run stopped whose Run Start did not come')
    expect(messages).toContain('frames with the prefix "other" are ignored')
  })

  it('runs a custom action from a module that the config names', async () => {
    const from = await publisher()
    const folder = temporaryFolder()
    await writeFile(
      join(folder, 'logbook.js'),
      `import { writeFile } from 'node:fs/promises'
export default {
  name: 'logbook',
  async run(run, { resultsDir, parameters, documents }) {
    await writeFile(resultsDir + '/entry.txt', run.start.plan_name + ' in ' + parameters.book)
    return { state: 'succeeded', message: documents.endsWith('.jsonl') ? 'noted' : 'no documents' }
  },
}
`,
    )
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    const deployment = new Deployment(`
source: { address: "${from.address}" }
http: false
actions: { logbook: ${join(folder, 'logbook.js')} }
rules:
  - name: book
    when: { run.complete: true }
    actions: [{ use: logbook, documents: true, parameters: { book: beamline } }]
`)
    await startJoined(deployment, from)
    await from.send(framesOf('reflection_scan'))
    const [job] = await deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ entry: 'logbook', state: 'succeeded', message: 'noted' })
    const entry = await readFile(join(job?.results_dir ?? '', 'entry.txt'), 'utf8')
    expect(entry).toBe('reflection_scan in beamline')
    const spooled = await readFile(
      join(deployment.state, 'documents', '5d8beb4d-8b22-44a9-a1da-0839189a2104.jsonl'),
      'utf8',
    )
    expect(spooled.trim().split('\n')).toHaveLength(14)
  })
})
