import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { executeNotebook } from '@prompt-papermill/papermill-runner'

import { python } from '../support/python.ts'
import type { Output } from './support.ts'
import { Bench, kernelKinds, notebooks, SharedPool } from './support.ts'

const PLAIN = `
import sys, papermill
try:
    papermill.execute_notebook(sys.argv[1], sys.argv[2], {'text': 'a'}, progress_bar=False)
except papermill.PapermillExecutionError:
    pass
`

/** The notebook that leaves files as it ends. */
const ENDS = 'shows-its-surroundings.ipynb'

/** What plain papermill makes of a notebook, run once for all the kinds of kernels. */
const plain = new Map<string, unknown>()
async function plainly(name: string): Promise<unknown> {
  if (!plain.has(name)) {
    const folder = await mkdtemp(join(tmpdir(), 'runner-test-'))
    const output = join(folder, 'executed.ipynb')
    await promisify(execFile)(python, ['-c', PLAIN, join(notebooks, name), output], { cwd: folder })
    plain.set(name, await comparable(output))
    if (name === ENDS) expect(await leftAtExit(folder)).toEqual(AT_EXIT)
    await rm(folder, { recursive: true, force: true })
  }
  return plain.get(name)
}

describe.each(kernelKinds)('with %s kernels, the executed notebook', (kind) => {
  let shared: SharedPool | undefined
  beforeAll(async () => {
    shared = await SharedPool.of(kind, { preload: ['numpy', 'matplotlib.pyplot'] })
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

  it.each([
    'raises.ipynb',
    'ends-itself.ipynb',
    'shows-a-figure.ipynb',
    'shows-its-process.ipynb',
    'uses-what-it-did-not-import.ipynb',
    ENDS,
  ])('of %s is plain papermill’s', async (name) => {
    const expected = await plainly(name)
    const options = { python, env: bench.env, ...(shared && { kernels: shared.pool }) }
    const output = join(bench.resultsDir, 'executed.ipynb')
    await executeNotebook(join(notebooks, name), output, { text: 'a' }, options)
    expect(await comparable(output)).toEqual(expected)
    if (name === ENDS) expect(await leftAtExit(bench.resultsDir)).toEqual(AT_EXIT)
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
    if (key === 'outputs') return joined(value as Output[])
    if (key === 'text') return [value].flat().join('')
    return typeof value === 'string' ? value.replace(DIFFERS, '…') : value
  })
}

const DIFFERS = /0x[0-9a-f]+|(\/\w+)*\/(runner-test-\w+\/)?ipykernel_\d+\/\d+/g

/** Text as one output that was printed in several pieces, which are what it comes to in time. */
function joined(outputs: readonly Output[]): Output[] {
  const found: { output_type: string; name?: string; text?: string | string[] }[] = []
  for (const output of outputs) {
    const last = found.at(-1)
    const more = output.output_type === 'stream' && output.name === last?.name
    if (more && last) last.text = String(last.text) + String(output.text)
    else found.push({ ...output })
  }
  return found
}
