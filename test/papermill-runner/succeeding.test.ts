import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'

import { executeNotebook } from '@prompt-papermill/papermill-runner'
import type { NotebookResult } from '@prompt-papermill/papermill-runner'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, kernelKinds, notebooks, printed, SharedPool } from './support.ts'

describe.each(kernelKinds)('with %s kernels, a notebook that runs to its end', (kind) => {
  let shared: SharedPool | undefined
  beforeAll(async () => {
    shared = await SharedPool.of(kind)
  })
  afterAll(() => shared?.close())
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set(shared)
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  const given = async () => JSON.parse(await bench.read('given.json')) as Record<string, string>

  it('gets every parameter exactly, beside uid, results_dir and its working directory', async () => {
    const text = `it's "2024_2" \\ {braces} $HOME\n\tünï 😀`
    const parameters = {
      text,
      number: 20242,
      wide: 12345678901234567890123456789n,
      missing: NaN,
      small: 1e-7,
      nested: { list: [1, true, null, [Infinity, -Infinity]], 'a key': { deep: '2024_2' } },
    }
    const result = await bench.run('prints-parameters.ipynb', {}, { parameters })
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(await given()).toEqual({
      uid: "'run-1'",
      results_dir: `'${bench.resultsDir}'`,
      cwd: `'${bench.resultsDir}'`,
      text: `'it\\'s "2024_2" \\\\ {braces} $HOME\\n\\t\\xfcn\\xef \\U0001f600'`,
      number: '20242',
      wide: '12345678901234567890123456789',
      missing: 'nan',
      small: '1e-07',
      nested: "{'list': [1, True, None, [inf, -inf]], 'a key': {'deep': '2024_2'}}",
    })
  })

  it('keeps a string a string where it looks like a number', async () => {
    await bench.run('prints-parameters.ipynb', {}, { parameters: { text: '2024_2' } })
    expect((await given())['text']).toBe("'2024_2'")
  })

  it('gets odd values exactly, each with its type', async () => {
    const nested = {
      zero: -0,
      floats: [1.5, 5e-324, 1.7976931348623157e308, 0.1, 2 ** 53],
      wide: [-(2n ** 63n), 2n ** 64n],
      like: ['yes', 'null', '1_000', '0x10', '2026-11-23', '~', '', ' ', '{{}}', '%s', '$start'],
      control: '\0\x07\r\n\u2028\ufeff\x7f\'"\\',
      surrogates: ['\ud800', '\udc00\ud800', '\ud83d\ude00'],
      empty: [[], {}, null, false],
      ['__proto__']: 1,
    }
    const missing = [NaN, Infinity, -Infinity]
    const result = await bench.run(
      'prints-parameters.ipynb',
      {},
      { parameters: { nested, missing } },
    )
    expect(result).toMatchObject({ state: 'succeeded' })
    expect((await given())['missing']).toBe('[nan, inf, -inf]')
    expect((await given())['nested']).toBe(
      [
        "{'zero': -0.0",
        "'floats': [1.5, 5e-324, 1.7976931348623157e+308, 0.1, 9007199254740992.0]",
        "'wide': [-9223372036854775808, 18446744073709551616]",
        "'like': ['yes', 'null', '1_000', '0x10', '2026-11-23', '~', '', ' ', '{{}}', '%s', '$start']",
        `'control': '\\x00\\x07\\r\\n\\u2028\\ufeff\\x7f\\'"\\\\'`,
        "'surrogates': ['\\ud800', '\\udc00\\ud800', '\\U0001f600']",
        "'empty': [[], {}, None, False]",
        "'__proto__': 1}",
      ].join(', '),
    )
    // whole, and JSON that every reader takes, with the same values in papermill's metadata
    const text = await bench.read('entry.ipynb')
    expect(JSON.parse(text)).toMatchObject({ nbformat: 4 })
  })

  it.each([
    ['ASCII', 'x'.repeat(2 ** 20), (said: string) => said],
    ['two-byte letters', 'é'.repeat(2 ** 19), (said: string) => said.replaceAll('\\xe9', 'é')],
    ['quotes', `"'\\`.repeat(2 ** 18), (said: string) => said.replaceAll(/\\(['\\])/g, '$1')],
  ])('takes a text of 1 MB of %s', async (_, text, read) => {
    const result = await bench.run('prints-parameters.ipynb', {}, { parameters: { text } })
    expect(result).toMatchObject({ state: 'succeeded' })
    const said = (await given())['text'] ?? ''
    expect(read(said.slice(1, -1)) === text).toBe(true)
  })

  it('takes an integer with more digits than Python reads', async () => {
    const wide = 7n ** 6000n
    const result = await bench.run('holds-a-wide-integer.ipynb', {}, { parameters: { wide } })
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(printed(await bench.notebook())).toBe(`${wide % 10n ** 9n}\n`)
  })

  it('leaves the executed notebook and a log, and says what made them', async () => {
    const result = (await bench.run('prints-parameters.ipynb')) as NotebookResult
    const template = join(notebooks, 'prints-parameters.ipynb')
    expect(result.details).toEqual({
      template,
      template_sha256: createHash('sha256')
        .update(await readFile(template))
        .digest('hex'),
      parameters: { uid: 'run-1', results_dir: bench.resultsDir },
      kernel: { name: 'python3', language: 'python' },
      python: { path: python, version: expect.stringMatching(/^3\.\d+\.\d+/) },
      packages: expect.objectContaining({
        papermill: expect.any(String),
        nbclient: expect.any(String),
      }),
      cells: { total: 3, executed: 3 },
      cell_seconds: [expect.any(Number), expect.any(Number), expect.any(Number)],
    })
    expect((await readdir(bench.resultsDir)).sort()).toEqual([
      'entry.ipynb',
      'given.json',
      'log.txt',
    ])
    const notebook = await bench.notebook()
    expect(notebook.metadata.papermill.exception).toBeNull()
    expect(notebook.cells.map((cell) => cell.metadata.papermill?.status)).toEqual(
      Array(3).fill('completed'),
    )
    expect(printed(notebook)).toContain("uid = 'run-1'")
    expect(await bench.read('log.txt')).toMatch(/Executing notebook[^]*\nsucceeded\n$/)
  })

  it('tells its progress by the code cells that run', async () => {
    await bench.run('prints-parameters.ipynb')
    expect(bench.progress).toEqual(
      [1, 2, 3].flatMap((step) => [
        { step, of: 3, event: 'started' },
        { step, of: 3, event: 'finished', seconds: expect.any(Number) },
      ]),
    )
  })

  it('is told which of its entry’s parameters the template does not declare', async () => {
    await bench.run('prints-parameters.ipynb', {}, { parameters: { text: 'a', txet: 'b' } })
    expect(bench.warnings).toHaveLength(1)
    expect(bench.warnings[0]).toContain('["txet"]')
    const log = await bench.read('log.txt')
    expect(log.match(/unknown parameter.*/g)).toEqual(['unknown parameter: txet'])
  })

  it('is told nothing of what every notebook is given, declared or not', async () => {
    await bench.run('tells-its-process.ipynb')
    expect(bench.warnings).toEqual([])
    expect(await bench.read('log.txt')).not.toContain('unknown parameter')
  })

  it('runs as it is on disk at that moment', async () => {
    const template = join(bench.scratch, 'edited{now}.ipynb')
    await copyFile(join(notebooks, 'prints-parameters.ipynb'), template)
    const first = await bench.run(template, { templates: '' })
    const text = await readFile(template, 'utf8')
    await writeFile(template, text.replace("'default'", "'edited'"))
    const second = await bench.run(template, { templates: '' })
    expect((await given())['text']).toBe("'edited'")
    expect(second.details?.['template_sha256']).not.toBe(first.details?.['template_sha256'])
  })

  it('reads the run’s documents where its entry asks for them, and leaves a figure', async () => {
    const documents = join(bench.scratch, 'documents.jsonl')
    const events = [1, 2, 3].map((n) => ['event', { seq_num: n, data: { motor: n, det: n * n } }])
    const start = ['start', { uid: 'run-1', motors: ['motor'], detectors: ['det'] }]
    await writeFile(documents, [start, ...events].map((line) => JSON.stringify(line)).join('\n'))
    const result = await bench.run('reflection_scan.ipynb', {}, { documents })
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(printed(await bench.notebook())).toContain('run-1: 3 events')
    const figure = await readFile(join(bench.resultsDir, 'reflectivity.png'))
    expect(figure.subarray(1, 4).toString()).toBe('PNG')
    expect(figure.length).toBeGreaterThan(5_000)
  })

  it('may end itself early with SystemExit', async () => {
    const result = await bench.run('ends-itself.ipynb')
    expect(result).toMatchObject({
      state: 'succeeded',
      message: expect.stringMatching(/SystemExit/),
    })
    expect(result.details?.['cells']).toEqual({ total: 4, executed: 3 })
  })

  it('runs without an action, with any parameters of its own', async () => {
    const output = join(bench.resultsDir, 'executed {x}.ipynb')
    const template = join(notebooks, 'prints-parameters.ipynb')
    const options = { python, env: bench.env, ...(shared && { kernels: shared.pool }) }
    const result = await executeNotebook(template, output, { uid: 'mine' }, options)
    expect(result).toMatchObject({ state: 'succeeded', details: { parameters: { uid: 'mine' } } })
    expect(printed(await bench.notebook('executed {x}.ipynb'))).toContain("uid = 'mine'")
  })
})
