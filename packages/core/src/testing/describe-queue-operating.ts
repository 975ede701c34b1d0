import type { JobStatus } from '../jobs/job.js'
import { makeJob } from './make-job.js'
import {
  always,
  codeOf,
  died,
  neverCalled,
  succeeded,
  turn,
  untilAborted,
  whenRunning,
} from './queue-performers.js'
import type { QueueSuite } from './queue-suite.js'

export function describeOperating({ expect, it, open }: QueueSuite): void {
  it('cancels what is queued without performing it', async () => {
    const queue = await open()
    const job = makeJob()
    await queue.add([job])
    expect(await queue.cancel(job.id, 'not needed')).toBe(true)
    expect(await queue.cancel(job.id, 'not needed')).toBe(false)
    await queue.start(neverCalled)
    await queue.idle()
    const state = (await queue.get(job.id))?.state
    expect(state).toEqual({ state: 'cancelled', message: 'not needed' })
    await queue.stop(0)
  })

  it('cancels what runs by its signal', async () => {
    const queue = await open()
    const job = makeJob()
    const running = whenRunning(queue)
    await queue.start(untilAborted)
    await queue.add([job])
    await running
    expect(await queue.cancel(job.id, 'not needed')).toBe(true)
    await queue.idle()
    const state = (await queue.get(job.id))?.state
    expect(state).toEqual({ state: 'cancelled', message: 'not needed' })
    await queue.stop(0)
  })

  it('starts nothing while it is paused, and goes on when it is resumed', async () => {
    const queue = await open()
    const job = makeJob()
    await queue.start(always(succeeded))
    expect(queue.paused).toBe(false)
    await queue.pause()
    expect(queue.paused).toBe(true)
    await queue.add([job])
    await turn()
    expect((await queue.get(job.id))?.state).toEqual({ state: 'queued' })
    await queue.resume()
    expect(queue.paused).toBe(false)
    await queue.idle()
    expect((await queue.get(job.id))?.state).toEqual(succeeded)
    await queue.stop(0)
  })

  it('attempts a job that has ended once more, and no other', async () => {
    const queue = await open()
    const job = makeJob()
    const attempts: number[] = []
    await queue.add([job])
    expect(await queue.rerun((await queue.get(job.id)) as JobStatus)).toBe(false)
    await queue.start((given, request) => {
      attempts.push(request.attempt)
      return always(succeeded)(given, request)
    })
    await queue.idle()
    expect(await queue.rerun((await queue.get(job.id)) as JobStatus)).toBe(true)
    await queue.idle()
    expect(attempts).toEqual([1, 2])
    expect((await queue.get(job.id))?.attempt).toBe(2)
    await queue.stop(0)
  })

  it('begins to count automatic attempts anew when a job is attempted once more', async () => {
    const retry = { attempts: 2, on: ['kernel-died'], delay: 1 } as const
    const queue = await open({ retry })
    const job = makeJob()
    const attempts: number[] = []
    await queue.start((_, { attempt }) => {
      attempts.push(attempt)
      return Promise.resolve({ result: died, resultsDir: null })
    })
    await queue.add([job])
    await queue.idle()
    expect(attempts).toEqual([1, 2])
    await queue.rerun((await queue.get(job.id)) as JobStatus)
    await queue.idle()
    expect(attempts).toEqual([1, 2, 3, 4])
    await queue.stop(0)
  })

  it('attempts a job once more as it was decided anew, where that is given', async () => {
    const queue = await open()
    const job = makeJob({ parameters: { bins: 1 } })
    const given: unknown[] = []
    await queue.start((performed, request) => {
      given.push(performed.parameters)
      return always(succeeded)(performed, request)
    })
    await queue.add([job])
    await queue.idle()
    const status = (await queue.get(job.id)) as JobStatus
    await queue.rerun(status, { job: { ...job, parameters: { bins: 2 } } })
    await queue.idle()
    expect(given).toEqual([{ bins: 1 }, { bins: 2 }])
    expect((await queue.get(job.id))?.job.parameters).toEqual({ bins: 2 })
    await queue.stop(0)
  })
}

export function describeStopping({ expect, it, open }: QueueSuite): void {
  it('lets what runs end within the grace, and starts nothing more', async () => {
    const queue = await open()
    const [first, second] = [makeJob(), makeJob()]
    const running = whenRunning(queue)
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => (finish = resolve))
    await queue.start(async () => {
      await finished
      return { result: succeeded, resultsDir: null }
    })
    await queue.add([first, second])
    await running
    const stopped = queue.stop(60_000)
    finish()
    await stopped
    expect((await queue.get(first.id))?.state).toEqual(succeeded)
    expect((await queue.get(second.id))?.state).toEqual({ state: 'queued' })
  })

  it('interrupts what runs beyond the grace, to be queued again', async () => {
    const queue = await open()
    const job = makeJob()
    const running = whenRunning(queue)
    await queue.start(untilAborted)
    await queue.add([job])
    await running
    await queue.stop(1)
    const status = await queue.get(job.id)
    expect(status?.state.state).toBe('queued')
    expect([status?.attempt, status?.interruptions]).toEqual([1, 1])
  })

  it('takes no jobs once it stops, and keeps nobody waiting', async () => {
    const queue = await open()
    await queue.start(always(succeeded))
    await queue.pause()
    await queue.add([makeJob()])
    const idle = queue.idle()
    await queue.stop(0)
    await idle
    expect(await codeOf(queue.add([makeJob()]))).toBe('closed')
  })
}
