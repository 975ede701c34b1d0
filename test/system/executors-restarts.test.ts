import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, it, vi } from 'vitest'

import { accountOf, faultsOnDisk } from '../crash/accounts.ts'
import { ended } from '../support/command-line.ts'
import { Farm } from '../support/executors.ts'
import { run } from '../support/operated-deployment.ts'
import { hasRedis } from '../support/redis-server.ts'

// each look at the ledger is a program that starts
vi.setConfig({ testTimeout: 180_000 })

describe.skipIf(!hasRedis)('nothing is lost', () => {
  it('when Redis is killed and comes back, nor is a notebook begun anew that ran meanwhile', async () => {
    // by default Redis answers up to a second before its disk has it, and an attempt that it lost is begun anew
    const farm = await Farm.open(undefined, ['--appendfsync', 'always'])
    const intake = await farm.intake()
    await farm.executor()
    await farm.from.send(run())
    await farm.begun(1)
    await farm.redis.kill()
    // received while Redis is away
    await farm.from.send(run())
    await farm.deployment.jobsWhen((jobs) => jobs.length === 2)
    expect(intake.log()).toContain("can't be reached")
    // longer than a lease lasts
    await pause(6_000)
    await farm.redis.restart()
    await farm.letGo()
    const jobs = await farm.deployment.jobsWhen(ended(2))
    expect(jobs.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
    ])
    const account = await accountOf(farm.deployment.state)
    expect(await faultsOnDisk(`${farm.deployment.folder}/results`, account)).toEqual([])
  })

  it('when all that Redis had is gone', async () => {
    const farm = await Farm.open()
    await farm.intake()
    await farm.executor()
    await farm.from.send(run())
    const first = await farm.begun(1)
    await farm.from.send(run())
    await farm.redis.loseAll()
    // the one that was queued is next, and then the one that was broken off
    await farm.begun(1, first)
    await farm.letGo()
    const jobs = await farm.deployment.jobsWhen(ended(2))
    expect(jobs.map(({ state, attempt }) => [state, attempt]).sort()).toEqual([
      ['succeeded', 1],
      ['succeeded', 2],
    ])
    const account = await accountOf(farm.deployment.state)
    expect(await faultsOnDisk(`${farm.deployment.folder}/results`, account)).toEqual([])
  })

  it('when the intake is killed while a notebook ends, one runs and one waits', async () => {
    const farm = await Farm.open()
    const intake = await farm.intake()
    await farm.executor()
    await farm.from.send(run())
    const first = await farm.begun(1)
    await farm.executor()
    await farm.from.send(run())
    await farm.begun(1, first)
    await farm.from.send(run())
    await farm.deployment.jobsWhen((jobs) => jobs.length === 3)
    await intake.end('SIGKILL')
    await farm.letGo(first)
    await farm.manifestIn(first)
    await farm.intake()
    await farm.letGo()
    const jobs = await farm.deployment.jobsWhen(ended(3))
    expect(jobs.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
      ['succeeded', 1],
    ])
    const account = await accountOf(farm.deployment.state)
    expect(await faultsOnDisk(`${farm.deployment.folder}/results`, account)).toEqual([])
  })

  it('when the intake is stopped and started: what runs goes on', async () => {
    const farm = await Farm.open()
    const intake = await farm.intake()
    await farm.executor()
    await farm.from.send(run())
    await farm.begun(1)
    expect(await intake.end('SIGTERM')).toBe(0)
    expect(await farm.deployment.jobs()).toMatchObject([{ state: 'running', attempt: 1 }])
    await farm.intake()
    await farm.letGo()
    const [job] = await farm.deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ state: 'succeeded', attempt: 1 })
  })
})

describe.skipIf(!hasRedis)('while Redis is away', () => {
  it('intake and executor end when they are told to, in the middle of a notebook too', async () => {
    const farm = await Farm.open()
    const intake = await farm.intake()
    const executor = await farm.executor()
    await farm.from.send(run())
    await farm.begun(1)
    await farm.redis.kill()
    const began = performance.now()
    expect(await Promise.all([intake.end('SIGTERM'), executor.end('SIGTERM')])).toEqual([0, 0])
    expect((performance.now() - began) / 1000).toBeLessThan(30)
    await farm.redis.restart()
    await farm.intake()
    await farm.executor()
    await farm.letGo()
    const [job] = await farm.deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ state: 'succeeded', attempt: 2 })
  })
})
