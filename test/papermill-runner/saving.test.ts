import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { Notebook } from './support.ts'
import { Bench, kernelKinds, printed, SharedPool } from './support.ts'

const MiB = 1024 * 1024

describe.each(kernelKinds)('with %s kernels, the executed notebook', (kind) => {
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

  it('is never seen torn, and grows while it runs', async () => {
    const ended = new AbortController()
    const run = bench.run('shows-many-figures.ipynb').finally(() => ended.abort())
    const sizes = new Set<number>()
    while (!ended.signal.aborted) {
      const text = await bench.read('entry.ipynb').catch(() => undefined)
      if (text !== undefined) {
        const notebook = JSON.parse(text) as Notebook
        expect(notebook.cells.length).toBeGreaterThan(3)
        sizes.add(text.length)
      }
      await sleep(1)
    }
    expect(await run).toMatchObject({ state: 'succeeded' })
    sizes.add((await bench.read('entry.ipynb')).length)
    expect(sizes.size).toBeGreaterThan(1)
    // 60 figures of 100 kB, in base64
    expect(Math.max(...sizes)).toBeGreaterThan(60 * 130_000)
  })

  it('keeps all of 20 MB of output', async () => {
    const result = await bench.run('floods.ipynb')
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(result.details).not.toHaveProperty('output_cut')
    const said = printed(await bench.notebook())
    expect(said.length).toBe(20 * MiB + 'the last line\nthe next cell\n'.length)
    expect(said.endsWith('x\nthe last line\nthe next cell\n')).toBe(true)
  })

  it('keeps output up to its limit, says where it cut, and that the cells went on', async () => {
    const limits = { output: 2 * MiB }
    const result = await bench.run('floods.ipynb', { limits })
    expect(result).toMatchObject({
      state: 'succeeded',
      details: { cells: { total: 4, executed: 4 }, output_cut: 2 * MiB },
    })
    const said = printed(await bench.notebook())
    expect(said.slice(0, 2 * MiB)).toMatch(/^[x\n]+$/)
    expect(said.slice(2 * MiB)).toMatch(/^(\[output cut here: .* limited to 2 MiB .*\]\n){2}$/)
    expect((await stat(join(bench.resultsDir, 'entry.ipynb'))).size).toBeLessThan(3 * MiB)
  })
})
