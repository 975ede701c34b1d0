import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, it, vi } from 'vitest'

import { accountOf, faultsOnDisk, hasEnded } from '../crash/accounts.ts'
import { Farm, type Program } from '../support/executors.ts'
import { run } from '../support/operated-deployment.ts'
import { hasRedis } from '../support/redis-server.ts'

vi.setConfig({ testTimeout: 300_000 })

const jobs = 24

/** An action that takes half a second, and leaves a file. */
const slow = `
import { writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
export default {
  name: 'slow',
  async run(run, { resultsDir }) {
    await setTimeout(500)
    await writeFile(resultsDir + '/effect.txt', run.uid)
    return { state: 'succeeded' }
  },
}
`

describe.skipIf(!hasRedis)('executors, the intake and Redis that are killed in turn', () => {
  it(`lose none of ${jobs} jobs, and none counts twice`, async () => {
    const farm = await Farm.open(() =>
      [
        'actions: { slow: ./slow.mjs }',
        'rules: [{ name: slow, when: {}, actions: [{ use: slow }] }]',
      ].join('\n'),
    )
    await writeFile(join(farm.deployment.folder, 'slow.mjs'), slow)
    let intake = await farm.intake()
    const executors: Program[] = [await farm.executor(), await farm.executor()]
    const killExecutor = async (): Promise<void> => {
      await executors.shift()?.end('SIGKILL')
      executors.push(await farm.executor())
    }
    const killIntake = async (): Promise<void> => {
      await intake.end('SIGKILL')
      intake = await farm.intake()
    }
    const killRedis = async (): Promise<void> => {
      await farm.redis.kill()
      await farm.redis.restart()
    }
    const kills = [killExecutor, killIntake, killRedis, killExecutor, killIntake, killRedis]
    const each = jobs / kills.length
    for (const [i, kill] of kills.entries()) {
      for (let sent = 0; sent < each; sent += 1) await farm.from.send(run())
      // received, which is when it is safe
      await vi.waitFor(
        async () => {
          const { runs } = await accountOf(farm.deployment.state)
          expect(runs.filter(({ stopped_at: at }) => at !== null).length).toBe((i + 1) * each)
        },
        { timeout: 10_000, interval: 50 },
      )
      await pause(Math.random() * 1_500)
      await kill()
    }
    await vi.waitFor(
      async () => {
        const account = await accountOf(farm.deployment.state)
        expect(account.jobs.filter(hasEnded).length).toBe(jobs)
      },
      { timeout: 120_000, interval: 250 },
    )
    const account = await accountOf(farm.deployment.state)
    expect(account.jobs.map(({ state }) => state)).toEqual(Array(jobs).fill('succeeded'))
    expect(await faultsOnDisk(join(farm.deployment.folder, 'results'), account)).toEqual([])
    for (const { id } of account.jobs) {
      const states = account.attempts.filter(({ job }) => job === id).map(({ state }) => state)
      expect([id, states.at(-1)]).toEqual([id, 'succeeded'])
      expect(new Set(states.slice(0, -1))).toEqual(
        new Set(states.length > 1 ? ['interrupted'] : []),
      )
    }
    const interrupted = account.attempts.filter(({ state }) => state === 'interrupted').length
    console.log(`${jobs} jobs, ${kills.length} kills: ${interrupted} attempts interrupted`)
  })
})
