import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { executeNotebook } from '@prompt-papermill/papermill-runner'

import { python } from '../support/python.ts'
import { Bench, notebooks, SharedPool } from './support.ts'

const PLAIN = `
import sys, papermill
try:
    papermill.execute_notebook(sys.argv[1], sys.argv[2], {'text': 'a'}, progress_bar=False)
except papermill.PapermillExecutionError:
    pass
`

describe('the executed notebook', () => {
  let shared: SharedPool
  beforeAll(async () => {
    shared = await SharedPool.open({ preload: ['numpy', 'matplotlib.pyplot'] })
  })
  afterAll(() => shared.close())
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set(shared)
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it.each([
    'raises.ipynb',
    'ends-itself.ipynb',
    'shows-a-figure.ipynb',
    'shows-its-surroundings.ipynb',
    'uses-what-it-did-not-import.ipynb',
  ])('of %s is plain papermill’s, cold and warm', async (name) => {
    const folders = ['plain', 'cold', 'warm'].map((folder) => join(bench.resultsDir, folder))
    await Promise.all(folders.map((folder) => mkdir(folder)))
    const [plain, cold, warm] = folders.map((folder) => join(folder, 'executed.ipynb'))
    const template = join(notebooks, name)
    await promisify(execFile)(python, ['-c', PLAIN, template, plain!], { cwd: folders[0]! })
    const expected = await comparable(plain!)
    const options = { python, env: bench.env }
    await executeNotebook(template, cold!, { text: 'a' }, options)
    expect(await comparable(cold!)).toEqual(expected)
    const ran = executeNotebook(
      template,
      warm!,
      { text: 'a' },
      { ...options, kernels: shared.pool },
    )
    await ran
    expect(await comparable(warm!)).toEqual(expected)
    if (name === 'shows-its-surroundings.ipynb') {
      for (const folder of folders) expect(await leftAtExit(folder)).toEqual(AT_EXIT)
    }
  })
})

const AT_EXIT = { 'unclosed.txt': 'kept', 'deleted.txt': 'deleted', 'at-exit.txt': 'ran' }

/** What the notebook's kernel wrote as it ended. */
async function leftAtExit(folder: string): Promise<Record<string, string>> {
  const names = Object.keys(AT_EXIT)
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return Object.fromEntries(names.map((name, index) => [name, texts[index]!]))
}

/** A notebook without what differs between two runs: times, paths, addresses, and the ids of cells made anew. */
async function comparable(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'), (key, value: unknown) => {
    const isTime = /time$|^duration$|^iopub\.|^shell\.|^output_path$/.test(key)
    // papermill's own cells have ids of 8 or 32 hexadecimal digits
    const isMadeAnew = key === 'id' && /^[0-9a-f-]{8,36}$/.test(String(value))
    if (isTime || isMadeAnew) return undefined
    if (typeof value !== 'string') return value
    return value.replace(/0x[0-9a-f]+|ipykernel_\d+\/\d+/g, '…')
  })
}
