import { rename } from 'node:fs/promises'
import { join } from 'node:path'

import { type ActionRunner, ResultsRoot, StopReason, type Work } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { PatientResults } from '../../../packages/worker/src/results/patient-results.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { succeeded } from '../../support/performing.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function patient(runAction: ActionRunner, limit = 60_000) {
  const folder = join(await temporaryFolder(), 'results')
  const root = new ResultsRoot(folder)
  await root.open()
  const { logger, lines } = readLogger()
  const results = new PatientResults(root, logger, { limit, first: 1, longest: 5 })
  const controller = new AbortController()
  const work = { request: { attempt: 1, signal: controller.signal } } as Work
  return {
    results,
    lines,
    controller,
    run: () => results.around(runAction)(work),
    goes: () => rename(folder, `${folder}.away`),
    returns: () => rename(`${folder}.away`, folder),
  }
}

const succeeding: ActionRunner = () => Promise.resolve({ result: succeeded, resultsDir: '/r' })

describe('attempts whose results folder is away', () => {
  it('wait for it, which is said, and begin when it is back', async () => {
    const { results, lines, run, goes, returns } = await patient(succeeding)
    await goes()
    let ended = false
    const outcome = run().finally(() => (ended = true))
    while (results.trouble === null) await new Promise((resolve) => setImmediate(resolve))
    expect(ended).toBe(false)
    await returns()
    expect((await outcome).result).toEqual(succeeded)
    expect(results.trouble).toBeNull()
    expect(lines.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/is gone.*No attempt begins until it is there/u),
      'the results folder is there again',
    ])
  })

  it('are interrupted if it goes while they run, so that they are made once more', async () => {
    const failed = { state: 'failed', reason: 'not-started', message: 'no manifest' } as const
    const made = await patient(async () => {
      await made.goes()
      return { result: failed, resultsDir: '/r' }
    })
    const { result } = await made.run()
    expect(result).toMatchObject({ state: 'failed', reason: 'interrupted' })
    expect(result.message).toMatch(/is gone.*no manifest/u)
  })

  it('have failed of what they failed of, if it is there', async () => {
    const failed = { state: 'failed', reason: 'cell-error', message: 'no' } as const
    const { run } = await patient(() => Promise.resolve({ result: failed, resultsDir: '/r' }))
    expect((await run()).result).toEqual(failed)
  })

  it('wait no longer than the limit, or than they are told to', async () => {
    const limited = await patient(succeeding, 20)
    await limited.goes()
    await limited.run()
    expect(limited.results.trouble).toContain('is gone')
    const cancelled = await patient(succeeding)
    await cancelled.goes()
    const outcome = cancelled.run()
    cancelled.controller.abort(new StopReason('cancelled', 'by ann'))
    await outcome
  })
})
