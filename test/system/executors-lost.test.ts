import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it, vi } from 'vitest'

import { accountOf } from '../crash/accounts.ts'
import { ended, readJson } from '../support/command-line.ts'
import { Farm } from '../support/executors.ts'
import { run } from '../support/operated-deployment.ts'
import { hasRedis } from '../support/redis-server.ts'

// each look at the ledger is a program that starts
vi.setConfig({ testTimeout: 180_000 })

interface ManifestRead {
  readonly state: string
  readonly reason: string | null
  readonly message: string | null
}

describe.skipIf(!hasRedis)('when an executor is lost', () => {
  it('begins its notebook elsewhere within ten seconds of a kill -9, and one attempt counts', async () => {
    const farm = await Farm.open()
    await farm.intake()
    const first = await farm.executor()
    await farm.from.send(run())
    const begun = await farm.begun(1)
    await farm.executor()
    const killed = performance.now()
    await first.end('SIGKILL')
    await farm.opened(2)
    const passed = (performance.now() - killed) / 1000
    console.log(`begun elsewhere ${passed.toFixed(1)} s after the kill`)
    expect(passed).toBeLessThan(10)
    const again = await farm.begun(2)
    await farm.letGo()
    const [job] = await farm.deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ state: 'succeeded', attempt: 2, results_dir: again })
    const { attempts } = await accountOf(farm.deployment.state)
    expect(attempts.map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'interrupted'],
      [2, 'succeeded'],
    ])
    expect(existsSync(join(begun, 'manifest.json'))).toBe(false)
  })

  it('lets one that was frozen, and wakes, end nothing that another has taken', async () => {
    const farm = await Farm.open()
    await farm.intake()
    const frozen = await farm.executor()
    await farm.from.send(run())
    const begun = await farm.begun(1)
    await farm.executor()
    frozen.signal('SIGSTOP')
    const again = await farm.begun(2)
    // its notebook goes on, and ends as the other's does
    await farm.letGo()
    const [job] = await farm.deployment.jobsWhen(ended(1))
    await vi.waitFor(() => expect(existsSync(join(begun, 'done.txt'))).toBe(true), 20_000)
    frozen.signal('SIGCONT')
    const manifest = join(begun, 'manifest.json')
    await vi.waitFor(() => expect(existsSync(manifest)).toBe(true), 20_000)
    expect(await readJson<ManifestRead>(manifest)).toMatchObject({
      state: 'failed',
      reason: 'interrupted',
    })
    expect(await readJson<ManifestRead>(join(again, 'manifest.json'))).toMatchObject({
      state: 'succeeded',
    })
    // it is of use again, and what it said changed nothing
    await farm.from.send(run())
    await farm.deployment.jobsWhen(ended(2))
    const { jobs, attempts } = await accountOf(farm.deployment.state)
    expect(jobs.find(({ id }) => id === job!.id)).toEqual(job)
    const own = attempts.filter((each) => each.job === job!.id)
    expect(own.map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'interrupted'],
      [2, 'succeeded'],
    ])
  })

  it('gives back what an executor can not finish within its grace', async () => {
    const farm = await Farm.open()
    await farm.intake()
    const first = await farm.executor()
    await farm.from.send(run())
    const begun = await farm.begun(1)
    expect(await first.end('SIGTERM')).toBe(0)
    expect(await readJson<ManifestRead>(join(begun, 'manifest.json'))).toMatchObject({
      state: 'failed',
      reason: 'interrupted',
    })
    await farm.letGo()
    await farm.executor()
    const [job] = await farm.deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ state: 'succeeded', attempt: 2 })
    const { attempts } = await accountOf(farm.deployment.state)
    expect(attempts.map(({ state }) => state)).toEqual(['interrupted', 'succeeded'])
    expect(attempts[0]!.message).toContain('stopped before this was done')
  })
})
