import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { NotebookResult } from '@prompt-papermill/papermill-runner'

import { CellProgress } from '../../packages/papermill-runner/src/execute/estimate.ts'
import { Bench, exampleRun } from './support.ts'

describe('the progress of a notebook', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it('tells how long each cell took, and the result all of them', async () => {
    const result = (await bench.run(
      'sleeps.ipynb',
      {},
      { parameters: { seconds: 0.5 } },
    )) as NotebookResult
    const seconds = bench.progress.flatMap((each) => each.seconds ?? [])
    expect(result.details.cell_seconds).toEqual(seconds)
    expect(seconds).toHaveLength(5)
    expect(seconds[3]).toBeGreaterThanOrEqual(0.5)
    expect(seconds[3]).toBeLessThan(5)
    expect(bench.progress.every((each) => each.usualSeconds === undefined)).toBe(true)
  })

  it('tells what to expect where the usual times are known', async () => {
    const asked: unknown[] = []
    const usual = (...given: unknown[]) => {
      asked.push(given)
      return Promise.resolve([1, 2, 3.5])
    }
    const result = await bench.run('prints-parameters.ipynb', { usual })
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(asked).toEqual([[exampleRun(), expect.objectContaining({ attempt: 1 })]])
    const [first, then, ...others] = bench.progress
    expect(first).toEqual({
      step: 1,
      of: 3,
      event: 'started',
      usualSeconds: 1,
      remainingSeconds: 6.5,
    })
    expect(then).toMatchObject({
      step: 1,
      event: 'finished',
      usualSeconds: 1,
      remainingSeconds: 5.5,
    })
    expect(others.at(-1)).toMatchObject({ step: 3, usualSeconds: 3.5, remainingSeconds: 0 })
  })

  it('goes on without the usual times where they can’t be looked up', async () => {
    const usual = () => Promise.reject(new Error('the manifest is broken'))
    const result = await bench.run('prints-parameters.ipynb', { usual })
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(bench.warnings).toEqual([expect.stringContaining('could not be looked up')])
    expect(bench.progress).toHaveLength(6)
  })
})

describe('usual times of cells', () => {
  it('are not used for a notebook with another number of cells', () => {
    const told: object[] = []
    const progress = new CellProgress((each) => told.push(each), [1, 2])
    progress.started(1, 3)
    progress.finished(1, 3, 0.1)
    expect(told).toEqual([
      { step: 1, of: 3, event: 'started' },
      { step: 1, of: 3, event: 'finished', seconds: 0.1 },
    ])
  })
})
