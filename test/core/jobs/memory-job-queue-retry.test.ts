import { type ActionResult, StopReason } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { performing, queueOf, succeeded } from '../../support/performing.js'

const died: ActionResult = { state: 'failed', reason: 'kernel-died', message: 'signal 9' }
const interrupted: ActionResult = { state: 'failed', reason: 'interrupted', message: 'stopped' }

describe('trying again', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('waits for as long as it should', async () => {
    const performer = performing(died, succeeded)
    const job = makeJob()
    const retry = { attempts: 2, on: ['kernel-died'], delay: 10_000 } as const
    const queue = await queueOf(performer, { retry }, job)
    await vi.advanceTimersByTimeAsync(9_999)
    expect(performer.attempts).toEqual([1])
    const waiting = await queue.get(job.id)
    expect(waiting?.state).toEqual({
      state: 'queued',
      message: `attempt 1 failed (kernel-died): signal 9; tried again at ${new Date(Date.now() + 1).toISOString()}, as 2 of 2`,
    })
    expect(waiting?.resultsDir).toBe('/results/attempt-1')
    await vi.advanceTimersByTimeAsync(1)
    expect(performer.attempts).toEqual([1, 2])
    expect((await queue.get(job.id))?.state).toEqual(succeeded)
  })

  it('is by default twice in all, after ten seconds, for a kernel that died', async () => {
    const performer = performing(died)
    const queue = await queueOf(performer, {}, makeJob())
    await vi.advanceTimersByTimeAsync(10_000)
    await queue.idle()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(performer.attempts).toEqual([1, 2])
  })

  it('is as the job wants it, where the job says so', async () => {
    const performer = performing({ state: 'failed', reason: 'cell-error', message: '1/0' })
    const retry = { attempts: 4, on: ['cell-error'], delay: 1 } as const
    await queueOf(performer, {}, makeJob({ retry }))
    await vi.advanceTimersByTimeAsync(100)
    expect(performer.attempts).toEqual([1, 2, 3, 4])
  })

  it('lets other jobs go first meanwhile', async () => {
    const began: string[] = []
    const [first, second] = [makeJob(), makeJob()]
    const queue = await queueOf(
      (job) => {
        began.push(job.id)
        const result = began.length === 1 ? died : succeeded
        return Promise.resolve({ result, resultsDir: null })
      },
      { concurrency: 1 },
      first,
      second,
    )
    await vi.advanceTimersByTimeAsync(10_000)
    await queue.idle()
    expect(began).toEqual([first.id, second.id, first.id])
  })

  it('does not happen to what was cancelled meanwhile', async () => {
    const performer = performing(died)
    const job = makeJob()
    const queue = await queueOf(performer, {}, job)
    await vi.advanceTimersByTimeAsync(1)
    expect(await queue.cancel(job.id, 'not needed')).toBe(true)
    await queue.idle()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(performer.attempts).toEqual([1])
    expect((await queue.get(job.id))?.state).toEqual({ state: 'cancelled', message: 'not needed' })
  })

  it('does not happen to what was told to end, whatever it says of it', async () => {
    const job = makeJob()
    let attempts = 0
    const queue = await queueOf(
      async (_, { signal }) => {
        attempts += 1
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return { result: died, resultsDir: null }
      },
      {},
      job,
    )
    await queue.cancel(job.id, 'not needed')
    await queue.idle()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(attempts).toBe(1)
  })

  it('does not happen once the queue has stopped', async () => {
    const performer = performing(died)
    const job = makeJob()
    const queue = await queueOf(performer, {}, job)
    await vi.advanceTimersByTimeAsync(1)
    await queue.stop(0)
    await queue.idle()
    // a timer would hold up the program's end
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(performer.attempts).toEqual([1])
    expect((await queue.get(job.id))?.state.state).toBe('queued')
  })
})

describe('interruptions', () => {
  it('queue a job again three times, and no more', async () => {
    const performer = performing(interrupted)
    const job = makeJob()
    const queue = await queueOf(performer, {}, job)
    await queue.idle()
    expect(performer.attempts).toEqual([1, 2, 3, 4])
    const status = await queue.get(job.id)
    expect([status?.state, status?.interruptions]).toEqual([interrupted, 3])
  })

  it('do not count as attempts that failed', async () => {
    const performer = performing(interrupted, died, succeeded)
    const job = makeJob()
    const retry = { attempts: 2, on: ['kernel-died'], delay: 0 } as const
    const queue = await queueOf(performer, { retry }, job)
    await queue.idle()
    expect((await queue.get(job.id))?.state).toEqual(succeeded)
    expect(performer.attempts).toEqual([1, 2, 3])
  })

  it('come only after the grace', async () => {
    vi.useFakeTimers()
    const reasons: unknown[] = []
    const queue = await queueOf(
      async (_, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        reasons.push(signal.reason)
        return { result: interrupted, resultsDir: null }
      },
      {},
      makeJob(),
    )
    const stopped = queue.stop(30_000)
    await vi.advanceTimersByTimeAsync(29_999)
    expect(reasons).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await stopped
    expect(reasons[0]).toBeInstanceOf(StopReason)
    expect((reasons[0] as StopReason).kind).toBe('interrupted')
    vi.useRealTimers()
  })
})
