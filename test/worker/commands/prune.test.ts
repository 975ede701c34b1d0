import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { prune } from '../../../packages/worker/src/commands/prune.ts'
import { attemptOf, jobOf, openedLedger, running, stoppedRun } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const long = '2020-01-01T00:00:00.000Z'

/** A deployment with a ledger that its worker has open, and a job with two old attempts. */
async function deployment(retention = '') {
  const folder = await temporaryFolder()
  const state = join(folder, 'state')
  const results = join(folder, 'results')
  await mkdir(state)
  const { ledger } = await openedLedger(state)
  const job = jobOf(stoppedRun())
  await ledger.received({ run: job.run, rules: [], jobs: [job] })
  for (const attempt of [1, 2]) {
    const resultsDir = join(results, 'job', `attempt-${attempt}`)
    await mkdir(resultsDir, { recursive: true })
    await ledger.attempt(
      attemptOf(job, { attempt, resultsDir, state: 'succeeded', finishedAt: long }),
    )
  }
  await ledger.status({
    ...running(job, { attempt: 2 }),
    state: { state: 'succeeded' },
    finishedAt: long,
  })
  const config = join(folder, 'worker.yml')
  await writeFile(
    config,
    `templates: ${folder}\nresults: ${results}\nstate: ${state}\n${retention}`,
  )
  let stdout = ''
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text)
    return true
  })
  onTestFinished(() => spy.mockRestore())
  return { ledger, config, attempts: () => readdir(join(results, 'job')), said: () => stdout }
}

describe('prompt-papermill prune', () => {
  it('removes what is older than it is told, beside the worker, and is noted as an act', async () => {
    const { ledger, config, attempts, said } = await deployment()
    expect(await prune({ config, olderThan: '90d', dryRun: true })).toBe(0)
    expect(said()).toBe('would remove 1 attempt folder, 0 documents files, 0 runs of the ledger\n')
    expect([await attempts(), (await ledger.acts()).rows]).toEqual([['attempt-1', 'attempt-2'], []])
    expect(await prune({ config, olderThan: '90d', json: true })).toBe(0)
    expect(said()).toContain('{"attempts":1,"documents":0,"runs":0,"refused":0}')
    expect(await attempts()).toEqual(['attempt-2'])
    expect((await ledger.acts()).rows).toMatchObject([{ what: 'prune', details: { attempts: 1 } }])
  })

  it('removes what the config says', async () => {
    const { config, attempts } = await deployment('retention: { attempts: 30d }\n')
    expect(await prune({ config, newestToo: true })).toBe(0)
    await expect(attempts()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('removes nothing without being asked', async () => {
    const { config, attempts } = await deployment()
    await expect(prune({ config })).rejects.toMatchObject({ exitCode: 2 })
    await expect(prune({ config, olderThan: 'old' })).rejects.toThrow('--older-than old: must be')
    expect(await attempts()).toHaveLength(2)
  })

  it('finds nothing where there is no ledger', async () => {
    const { config, said } = await deployment()
    await writeFile(config, `templates: /tmp\nresults: /tmp/none\nstate: /nowhere/state\n`)
    expect(await prune({ config, olderThan: '1d' })).toBe(0)
    expect(said()).toMatch(/removed 0 attempt folders/u)
  })
})
