import { join } from 'node:path'

import { executeNotebook } from '@prompt-papermill/papermill-runner'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, notebooks } from './support.ts'

let bench: Bench

describe('a notebook that is cancelled while its Python is started', () => {
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it('does not begin', async () => {
    const controller = new AbortController()
    const output = join(bench.resultsDir, 'entry.ipynb')
    const { signal } = controller
    const options = { python, env: bench.env, signal, limits: { notebook: 5 } }
    const running = executeNotebook(join(notebooks, 'sleeps.ipynb'), output, {}, options)
    // it was looked at once, and nobody listens to it yet
    controller.abort('by ann')
    expect(await running).toMatchObject({ state: 'cancelled', message: 'by ann' })
    await expect(bench.read('entry.ipynb')).rejects.toThrow('ENOENT')
  })
})
