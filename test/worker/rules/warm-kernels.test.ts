import { randomUUID } from 'node:crypto'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { makeConfig } from '../../../packages/worker/src/config/load.ts'
import { makeLogger } from '../../../packages/worker/src/log/logger.ts'
import { makeRules } from '../../../packages/worker/src/rules/make-rules.ts'
import { WarmKernels } from '../../../packages/worker/src/rules/warm-kernels.ts'
import { markedProcesses } from '../../papermill-runner/support.ts'
import { python } from '../../support/python.ts'

const logger = makeLogger({ level: 'silent' })

describe('the warm kernels of a worker', () => {
  const mark = randomUUID()
  const programs = () => markedProcesses(mark, 'prompt_papermill_runner.py')
  beforeEach(() => {
    vi.stubEnv('WORKER_TEST', mark)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('are one pool for all entries of a Python, started with the worker and ended with it', async () => {
    const warm = new WarmKernels({ warm: 1, preload: [], fork: false, env: {} }, logger)
    const paths = { templates: '/tmp/templates', results: '/tmp/results', python }
    const notebooks = [{ template: 'a.ipynb' }, { template: 'b.ipynb' }]
    makeRules(
      makeConfig({ ...paths, rules: [{ name: 'r', when: {}, notebooks }] }),
      new Map(),
      warm.for,
    )
    makeRules(makeConfig(paths), new Map(), warm.for)
    expect(await programs()).toEqual([])
    warm.start()
    await vi.waitUntil(async () => (await programs()).length > 0, { timeout: 10_000 })
    expect(await programs()).toHaveLength(1)
    await warm.close()
    expect(await markedProcesses(mark)).toEqual([])
  })

  it('are forked with `fork: true`', async () => {
    const warm = new WarmKernels({ warm: 1, preload: [], fork: true, env: {} }, logger)
    warm.for(python)
    warm.start()
    const parents = () => markedProcesses(mark, 'prompt_papermill_runner.py\0fork')
    await vi.waitUntil(async () => (await parents()).length > 0, { timeout: 10_000 })
    await warm.close()
    expect(await markedProcesses(mark)).toEqual([])
  })

  it('are none with `warm: 0`, and their notebooks start their own', async () => {
    const warm = new WarmKernels({ warm: 0, preload: ['numpy'], fork: true, env: {} }, logger)
    const source = warm.for(python)
    warm.start()
    expect(await programs()).toEqual([])
    const process = await source.take({ python, env: {} })
    expect(process.startedAhead).toBe(false)
    process.kill()
    expect(await process.dispose(1_000)).toEqual([])
    await warm.close()
  })
})
