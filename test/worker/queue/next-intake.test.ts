import { type JobStatus, MemoryJobQueue } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { hasRedis, RedisServer } from '../../support/redis-server.ts'
import { executorOn, intakeOn } from './support.ts'

const succeeded = { state: 'succeeded' } as const

describe.skipIf(!hasRedis)('the next life of an intake', () => {
  it('finds how an attempt ended while no intake was there, though it left no file', async () => {
    const { url } = await RedisServer.start()
    const at = { url, username: undefined, password: undefined, prefix: 'next' }
    const first = await intakeOn(at)
    let go: () => void = () => undefined
    const gone = new Promise<void>((resolve) => (go = resolve))
    const begun: string[] = []
    const { executor } = await executorOn(at, async ({ id }) => {
      begun.push(id)
      await gone
      return { result: succeeded, resultsDir: null }
    })
    onTestFinished(() => go())
    const nobody = () => Promise.reject(new Error('the intake performs nothing'))
    await first.start(nobody)
    const job = makeJob()
    await first.add([job])
    await vi.waitFor(() => expect(begun).toEqual([job.id]), 5_000)
    const status = (await first.get(job.id)) as JobStatus
    await first.stop(0)
    go()
    await vi.waitFor(() => expect(executor.running).toBe(0), 5_000)
    const scheduler = new MemoryJobQueue({ outlives: true, known: [status] })
    const second = await intakeOn(at, { scheduler, noting: scheduler })
    await second.start(nobody)
    await second.idle()
    expect(await second.get(job.id)).toMatchObject({ state: succeeded, attempt: 1 })
    expect(begun).toEqual([job.id])
  })
})
