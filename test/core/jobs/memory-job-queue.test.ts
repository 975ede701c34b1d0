import { type JobStatus, MemoryJobQueue, newStatus } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { performing, queueOf, succeeded } from '../../support/performing.js'

describe('jobs that are known from before', () => {
  it('are queued unless they have ended, and are not taken in again', async () => {
    const [done, queued] = [makeJob(), makeJob()]
    const known: JobStatus[] = [
      { ...newStatus(done), state: succeeded, attempt: 1 },
      newStatus(queued),
    ]
    const performer = performing(succeeded)
    const queue = await queueOf(performer, { known })
    expect(await queue.add([done, queued])).toEqual([])
    await queue.idle()
    expect(performer.attempts).toEqual([1])
    expect((await queue.get(done.id))?.attempt).toBe(1)
  })

  it('were interrupted if they were running, which is told when the queue starts', async () => {
    const job = makeJob()
    const running: JobStatus = {
      ...newStatus(job),
      state: { state: 'running', progress: null },
      attempt: 1,
    }
    const queue = new MemoryJobQueue({ known: [running] })
    expect((await queue.get(job.id))?.state).toEqual({ state: 'queued' })
    const told: unknown[] = []
    queue.events.on('status', ({ state, interruptions, attempt }) =>
      told.push([state.state, interruptions, attempt]),
    )
    await queue.start(performing(succeeded))
    await queue.idle()
    expect(told).toEqual([
      ['queued', 1, 1],
      ['running', 1, 2],
      ['succeeded', 1, 2],
    ])
  })

  it('have failed if they were interrupted too often', async () => {
    const job = makeJob()
    const known: JobStatus[] = [
      {
        ...newStatus(job),
        state: { state: 'running', progress: null },
        attempt: 4,
        interruptions: 3,
      },
    ]
    const performer = performing(succeeded)
    const queue = await queueOf(performer, { known })
    await queue.idle()
    const status = await queue.get(job.id)
    expect(performer.attempts).toEqual([])
    expect(status?.state).toMatchObject({ state: 'failed', reason: 'interrupted' })
    expect(status?.finishedAt).not.toBe(null)
  })

  it('that were waiting wait no more, where nothing is waited for any more', async () => {
    const job = makeJob()
    const state = {
      state: 'waiting',
      message: 'for data',
      since: job.queuedAt,
      nextTry: null,
    } as const
    const known: JobStatus[] = [{ ...newStatus(job), state }]
    const queue = await queueOf(performing(succeeded), { known })
    await queue.idle()
    expect(await queue.get(job.id)).toMatchObject({ state: succeeded, interruptions: 0 })
  })
})

describe('the queue in memory', () => {
  it('remembers a bounded number of jobs that have ended, the latest', async () => {
    const jobs = Array.from({ length: 5 }, () => makeJob())
    const queue = await queueOf(performing(succeeded), { remembered: 2, concurrency: 1 }, ...jobs)
    await queue.idle()
    const known = await Promise.all(jobs.map(async ({ id }) => (await queue.get(id))?.state.state))
    expect(known).toEqual([undefined, undefined, undefined, 'succeeded', 'succeeded'])
  })

  it('attempts a job that it has forgotten once more, from what is given', async () => {
    const performer = performing(succeeded)
    const queue = await queueOf(performer)
    const job = makeJob()
    expect(await queue.rerun({ ...newStatus(job), state: succeeded, attempt: 7 })).toBe(true)
    await queue.idle()
    expect(performer.attempts).toEqual([8])
    expect(await queue.rerun(newStatus(makeJob()))).toBe(false)
  })

  it('remembers a job that was attempted once more as one', async () => {
    const [first, second] = [makeJob(), makeJob()]
    const queue = await queueOf(performing(succeeded), { remembered: 2 }, first, second)
    await queue.idle()
    for (let again = 0; again < 5; again += 1) {
      await queue.rerun((await queue.get(first.id))!)
      await queue.idle()
    }
    expect((await queue.get(second.id))?.state).toEqual(succeeded)
  })

  it('hears no progress of an attempt that has ended', async () => {
    let late: () => void = () => undefined
    const queue = await queueOf(
      (_, { progress }) => {
        late = () => progress({ step: 1, of: 2, event: 'finished' })
        return Promise.resolve({ result: succeeded, resultsDir: null })
      },
      {},
      makeJob(),
    )
    await queue.idle()
    const told: unknown[] = []
    queue.events.on('status', (status) => told.push(status))
    late()
    expect(told).toEqual([])
  })

  it.each([0, -1, 1.5, NaN])('refuses a limit of %s', (limit) => {
    const message = `must be a whole number, at least 1; it is ${limit}`
    expect(() => new MemoryJobQueue({ concurrency: limit })).toThrow(`concurrency ${message}`)
    expect(() => new MemoryJobQueue({ rules: { slow: limit } })).toThrow(
      `concurrency of the rule slow ${message}`,
    )
    expect(() => new MemoryJobQueue({ capacity: limit })).toThrow(`capacity ${message}`)
  })

  it('takes rules by their own names alone', async () => {
    const performer = performing(succeeded)
    const job = makeJob({ rule: 'constructor' })
    const queue = await queueOf(performer, { rules: {} }, job)
    await queue.idle()
    expect(performer.attempts).toEqual([1])
  })

  it('goes on when somebody who listens fails, and lets that be seen', async () => {
    const uncaught: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error.message))
    const jobs = [makeJob(), makeJob()]
    const queue = new MemoryJobQueue({ concurrency: 1 })
    queue.events.on('status', () => {
      throw new Error('a mistake of the test')
    })
    const heard: string[] = []
    queue.events.on('status', ({ state }) => heard.push(state.state))
    await queue.start(performing(succeeded))
    expect(await queue.add(jobs)).toEqual(jobs)
    await queue.idle()
    await new Promise((resolve) => setImmediate(resolve))
    process.removeAllListeners('uncaughtException')
    for (const listener of before) process.on('uncaughtException', listener)
    expect(heard.filter((state) => state === 'succeeded').length).toBe(2)
    expect(uncaught).toEqual(heard.map(() => 'a mistake of the test'))
  })
})
