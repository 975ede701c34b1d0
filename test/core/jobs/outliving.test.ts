import { type AttemptRequest, type JobStatus, MemoryJobQueue } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

const succeeded = { state: 'succeeded' } as const

/** A queue's only job, whose attempt begins and does not end; and the queue, left. */
async function leftWhileRunning(): Promise<JobStatus> {
  const queue = new MemoryJobQueue({ outlives: true })
  const begun = new Promise<void>((resolve) => {
    void queue.start(() => {
      resolve()
      return new Promise(() => undefined)
    })
  })
  const job = makeJob()
  await queue.add([job])
  await begun
  const stopped = queue.stop(60_000)
  queue.leave()
  await stopped
  return (await queue.get(job.id)) as JobStatus
}

describe('a memory queue whose attempts outlive it', () => {
  it('leaves what runs as it is', async () => {
    expect(await leftWhileRunning()).toMatchObject({
      state: { state: 'running' },
      attempt: 1,
      interruptions: 0,
    })
  })

  it('says nothing more of what it left, when that ends', async () => {
    const queue = new MemoryJobQueue({ outlives: true })
    const told: string[] = []
    queue.events.on('status', ({ state }) => told.push(state.state))
    let end: () => void = () => undefined
    const performed = new Promise<void>((resolve) => {
      void queue.start(async (_, { progress }) => {
        await new Promise<void>((left) => {
          end = left
          resolve()
        })
        progress({ step: 1, of: 2, event: 'started' })
        return { result: succeeded, resultsDir: null }
      })
    })
    const job = makeJob()
    await queue.add([job])
    await performed
    queue.leave()
    end()
    // what becomes of the attempt is a few turns away
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual(['queued', 'running'])
    expect((await queue.get(job.id))?.state.state).toBe('running')
  })

  it('asks for the end of what ran, in its next life, and does not interrupt it', async () => {
    const before = await leftWhileRunning()
    const queue = new MemoryJobQueue({ outlives: true, known: [before], concurrency: 1 })
    const told: string[] = []
    queue.events.on('status', ({ state }) => told.push(state.state))
    const asked: Partial<AttemptRequest>[] = []
    await queue.pause()
    await queue.start((_, request) => {
      asked.push(request)
      return Promise.resolve({ result: succeeded, resultsDir: null })
    })
    await queue.idle()
    expect(asked).toMatchObject([{ attempt: 1, resumed: true }])
    expect(told).toEqual(['succeeded'])
    expect(await queue.get(before.job.id)).toMatchObject({
      attempt: 1,
      tries: 1,
      interruptions: 0,
      startedAt: before.startedAt,
    })
    await queue.stop(0)
  })

  it('counts what goes on among what runs', async () => {
    const before = await leftWhileRunning()
    const queue = new MemoryJobQueue({ outlives: true, known: [before], concurrency: 1 })
    let end: () => void = () => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    await queue.start(async (_, { resumed }) => {
      if (resumed) await ended
      return { result: succeeded, resultsDir: null }
    })
    await queue.add([makeJob()])
    expect(await queue.counts()).toMatchObject({ running: 1, queued: 1 })
    end()
    await queue.idle()
    expect(await queue.counts()).toMatchObject({ running: 0, queued: 0 })
    await queue.stop(0)
  })

  it('interrupts it without that option, as when its host had died', async () => {
    const before = await leftWhileRunning()
    const queue = new MemoryJobQueue({ known: [before] })
    expect(await queue.get(before.job.id)).toMatchObject({
      state: { state: 'queued' },
      interruptions: 1,
    })
  })

  it('cancels what goes on before it is started, and asks no more for its end', async () => {
    const before = await leftWhileRunning()
    const queue = new MemoryJobQueue({ outlives: true, known: [before] })
    expect(await queue.cancel(before.job.id, 'not needed')).toBe(true)
    await queue.start(() => {
      throw new Error('it was asked for')
    })
    await queue.idle()
    expect(await queue.get(before.job.id)).toMatchObject({ state: { state: 'cancelled' } })
    await queue.stop(0)
  })
})
