import { ConfigError, createWorker, parseConfig } from '@prompt-papermill/worker'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { join } from 'node:path'
import pino from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

const parsed = (runs: string, folder = '/t') =>
  parseConfig(
    `templates: ${folder}\nresults: ${join(folder, 'results')}\nhttp: false\n${runs}`,
    '/etc/worker.yml',
  )

describe('the bounds of runs that never stop', () => {
  it('are 1,000 runs and seven days, unless the config says otherwise', () => {
    expect(parsed('').runs).toEqual({ maxOpenRuns: 1000, maxIdle: 7 * 24 * 3_600_000 })
    expect(parsed('runs: { maxOpen: 20 }').runs).toEqual({
      maxOpenRuns: 20,
      maxIdle: 7 * 24 * 3_600_000,
    })
    expect(parsed('runs: { maxIdle: 14d }').runs.maxIdle).toBe(14 * 24 * 3_600_000)
  })

  it.each([
    '{ maxOpen: 0 }',
    '{ maxOpen: 1.5 }',
    '{ maxIdle: 0s }',
    '{ maxIdle: 7 }',
    '{ max: 5 }',
  ])('are refused where they are none: %s', (runs) => {
    expect(() => parsed(`runs: ${runs}`)).toThrow(ConfigError)
  })

  it("are the worker's", async () => {
    const config = parsed('runs: { maxOpen: 2 }', await temporaryFolder())
    const worker = await createWorker(config, { sources: [], logger: pino({ level: 'silent' }) })
    onTestFinished(() => worker.stop())
    const given: string[] = []
    worker.router.events.on('abandoned', ({ uid }, why) => given.push(`${uid} ${why}`))
    for (const uid of ['a', 'b', 'c']) {
      worker.router.dispatch(makeRunDocuments({ uid }).messages[0]!)
    }
    expect(given).toEqual(['a too-many'])
  })
})
