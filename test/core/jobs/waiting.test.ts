import { type Job, type JobStatus, MemoryJobQueue, newStatus } from '@prompt-papermill/core'
import type { ReadinessState, ReadyCheck } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { performing, succeeded } from '../../support/performing.js'

const notYet: ReadinessState = { ready: false, message: 'it is not there' }
const schedule = { for: 'the file', every: 1000, factor: 2, longest: 5000, limit: 20_000 }

/** A queue with one job, whose looks are noted by their time in seconds since it was started. */
async function waitingQueue(job: Job, check: ReadyCheck, known: readonly JobStatus[] = []) {
  const queue = new MemoryJobQueue({ known })
  const began = Date.now()
  const looks: number[] = []
  await queue.start(performing(succeeded), (given, signal) => {
    looks.push((Date.now() - began) / 1000)
    return check(given, signal)
  })
  await queue.add([job])
  return { queue, looks }
}

describe('waiting for data', () => {
  beforeEach(() => vi.useFakeTimers({ now: new Date('2026-11-01T12:00:00Z') }))
  afterEach(() => vi.useRealTimers())

  it('looks less and less often, and a last time at its limit', async () => {
    const job = makeJob({ wait: schedule })
    const { queue, looks } = await waitingQueue(job, () => Promise.resolve(notYet))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toEqual([0, 1, 3, 7, 12, 17, 20])
    expect((await queue.get(job.id))?.state).toEqual({
      state: 'skipped',
      reason: 'data-not-ready',
      message:
        'waited 20 s for the file: it is not there. Rerun the job once its data is there, or give it a longer `limit`',
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('says for what, since when, when it looks next and until when', async () => {
    const job = makeJob({ wait: schedule, queuedAt: new Date().toISOString() })
    const { queue } = await waitingQueue(job, () => Promise.resolve(notYet))
    await vi.advanceTimersByTimeAsync(1500)
    expect((await queue.get(job.id))?.state).toEqual({
      state: 'waiting',
      message:
        'for the file: it is not there (since 2026-11-01T12:00:00.000Z, next try 2026-11-01T12:00:03.000Z, until 2026-11-01T12:00:20.000Z)',
      since: '2026-11-01T12:00:00.000Z',
      nextTry: '2026-11-01T12:00:03.000Z',
    })
    await queue.stop(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('goes on over a restart, with the limit counted from where it began', async () => {
    const job = makeJob({ wait: schedule })
    const state = {
      state: 'waiting',
      message: 'for the file',
      since: '2026-11-01T11:59:45.000Z',
      nextTry: '2026-11-01T11:59:50.000Z',
    } as const
    const known = [{ ...newStatus(job), state }]
    const { queue, looks } = await waitingQueue(job, () => Promise.resolve(notYet), known)
    expect((await queue.get(job.id))?.state).toMatchObject({ since: state.since })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toEqual([0, 1, 3, 5])
    expect((await queue.get(job.id))?.state.state).toBe('skipped')
  })

  it('looks once after a restart, though the limit passed while nobody looked', async () => {
    const job = makeJob({ wait: schedule, queuedAt: '2026-10-01T00:00:00.000Z' })
    const ready = await waitingQueue(job, () => Promise.resolve({ ready: true }), [newStatus(job)])
    await ready.queue.idle()
    expect((await ready.queue.get(job.id))?.state).toEqual(succeeded)
    const late = await waitingQueue(job, () => Promise.resolve(notYet), [newStatus(job)])
    await late.queue.idle()
    expect(late.looks).toEqual([0])
    expect((await late.queue.get(job.id))?.state.state).toBe('skipped')
  })

  it('is not misled by a clock that is set meanwhile', async () => {
    const job = makeJob({ wait: schedule, queuedAt: new Date().toISOString() })
    const { queue } = await waitingQueue(job, () => Promise.resolve(notYet))
    await vi.advanceTimersByTimeAsync(500)
    vi.setSystemTime(new Date('2027-01-01T00:00:00Z'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect((await queue.get(job.id))?.state.state).toBe('waiting')
    vi.setSystemTime(new Date('2025-01-01T00:00:00Z'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect((await queue.get(job.id))?.state.state).toBe('skipped')
  })

  it('gives up a look that hangs', async () => {
    const signals: AbortSignal[] = []
    const job = makeJob({ wait: { ...schedule, limit: 1000 } })
    const { queue } = await waitingQueue(job, (_, signal) => {
      signals.push(signal)
      return new Promise(() => undefined)
    })
    await vi.advanceTimersByTimeAsync(10_000)
    await queue.idle()
    expect((await queue.get(job.id))?.state).toMatchObject({
      state: 'skipped',
      message: expect.stringContaining('no answer within 10 s') as string,
    })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('looks at a bounded number of jobs at once', async () => {
    const queue = new MemoryJobQueue()
    let looking = 0
    let most = 0
    await queue.start(performing(succeeded), async () => {
      most = Math.max(most, (looking += 1))
      await new Promise((resolve) => setTimeout(resolve, 100))
      looking -= 1
      return { ready: true }
    })
    await queue.add(Array.from({ length: 100 }, () => makeJob({ wait: schedule })))
    await vi.advanceTimersByTimeAsync(1000)
    await queue.idle()
    expect(most).toBe(32)
  })

  it('looks no more for a job that was cancelled before its turn came', async () => {
    const queue = new MemoryJobQueue()
    const looked: string[] = []
    const turns: (() => void)[] = []
    await queue.start(performing(succeeded), async ({ id }) => {
      looked.push(id)
      await new Promise<void>((resolve) => turns.push(resolve))
      return { ready: true }
    })
    const jobs = Array.from({ length: 34 }, () => makeJob({ wait: schedule }))
    await queue.add(jobs)
    await vi.advanceTimersByTimeAsync(0)
    expect([looked.length, await queue.cancel(jobs[32]!.id, 'not needed')]).toEqual([32, true])
    while (turns.length > 0) {
      turns.shift()?.()
      await vi.advanceTimersByTimeAsync(0)
    }
    await queue.idle()
    expect(looked).toEqual(jobs.flatMap(({ id }, i) => (i === 32 ? [] : [id])))
  })

  it('goes on where a look throws, whatever that is, and says it', async () => {
    const errors: unknown[] = [new Error('the server is away'), 'nobody answers']
    const job = makeJob({ wait: schedule })
    const { queue } = await waitingQueue(job, () => {
      // an action of somebody else may throw anything
      throw errors.shift()
    })
    const message = async () => ((await queue.get(job.id))?.state as { message: string }).message
    await vi.advanceTimersByTimeAsync(500)
    expect(await message()).toContain('for the file: the server is away (since')
    await vi.advanceTimersByTimeAsync(1000)
    expect(await message()).toContain('for the file: nobody answers (since')
    await queue.stop(0)
  })

  it('ends for a queue that was given nothing to look with', async () => {
    const job = makeJob({ wait: schedule })
    const queue = new MemoryJobQueue()
    await queue.start(performing(succeeded))
    await queue.add([job])
    await queue.idle()
    expect((await queue.get(job.id))?.state).toMatchObject({ reason: 'data-not-ready' })
  })

  it('begins anew for a job that was cancelled and is attempted once more', async () => {
    const job = makeJob({ wait: schedule })
    let hang: (() => void) | undefined
    const { queue, looks } = await waitingQueue(job, async () => {
      if (hang) return { ready: true }
      await new Promise<void>((resolve) => (hang = resolve))
      return { ready: true }
    })
    await queue.cancel(job.id, 'not now')
    await queue.rerun((await queue.get(job.id))!)
    hang?.()
    await queue.idle()
    // the look that was broken off counts for nothing
    expect(looks.length).toBe(2)
    expect(await queue.get(job.id)).toMatchObject({ state: succeeded, attempt: 1 })
  })
})
