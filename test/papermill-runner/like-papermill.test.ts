import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { executeNotebook } from '@prompt-papermill/papermill-runner'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, notebooks } from './support.ts'

const PLAIN = `
import sys, papermill
try:
    papermill.execute_notebook(sys.argv[1], sys.argv[2], {'text': 'a'}, progress_bar=False)
except papermill.PapermillExecutionError:
    pass
`

describe('the executed notebook', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(() => bench.clear())

  it.each(['raises.ipynb', 'ends-itself.ipynb'])('of %s is plain papermill’s', async (name) => {
    const template = join(notebooks, name)
    const [ours, plain] = ['ours', 'plain'].map((folder) => join(bench.resultsDir, folder))
    await Promise.all([mkdir(ours!), mkdir(plain!)])
    const plainOutput = join(plain!, 'executed.ipynb')
    await promisify(execFile)(python, ['-c', PLAIN, template, plainOutput], { cwd: plain! })
    const ourOutput = join(ours!, 'executed.ipynb')
    await executeNotebook(template, ourOutput, { text: 'a' }, { python, env: bench.env })
    expect(await comparable(ourOutput)).toEqual(await comparable(plainOutput))
  })
})

/** A notebook without what differs between two runs: times, paths and the ids of cells made anew. */
async function comparable(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'), (key, value: unknown) => {
    const isTime = /time$|^duration$|^iopub\.|^shell\.|^output_path$/.test(key)
    // papermill's own cells have ids of 8 or 32 hexadecimal digits
    const isMadeAnew = key === 'id' && /^[0-9a-f-]{8,36}$/.test(String(value))
    return isTime || isMadeAnew ? undefined : value
  })
}
