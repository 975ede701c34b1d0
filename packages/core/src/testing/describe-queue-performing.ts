import type { JobStatus } from '../jobs/job.js'
import { makeJob } from './make-job.js'
import {
  always,
  died,
  isTime,
  neverCalled,
  succeeded,
  turn,
  whenStatus,
} from './queue-performers.js'
import type { QueueSuite } from './queue-suite.js'

export function describePerforming({ expect, it, open }: QueueSuite): void {
  it('performs jobs first come, first served, and no more at once than it may', async () => {
    const queue = await open({ concurrency: 2 })
    const jobs = Array.from({ length: 6 }, () => makeJob())
    const began: string[] = []
    let running = 0
    let most = 0
    await queue.start(async (job) => {
      began.push(job.id)
      most = Math.max(most, (running += 1))
      await turn()
      running -= 1
      return { result: succeeded, resultsDir: null }
    })
    await queue.add(jobs)
    await queue.idle()
    expect(began).toEqual(jobs.map(({ id }) => id))
    expect(most).toBe(2)
    await queue.stop(0)
  })

  it('keeps jobs that come before it is started', async () => {
    const queue = await open()
    const job = makeJob()
    await queue.add([job])
    expect((await queue.get(job.id))?.state).toEqual({ state: 'queued' })
    await queue.start(always(succeeded))
    await queue.idle()
    expect((await queue.get(job.id))?.state).toEqual(succeeded)
    await queue.stop(0)
  })

  it('takes a job in once, within one call too, and says which were new', async () => {
    const queue = await open()
    const job = makeJob()
    let performed = 0
    await queue.start((...args) => {
      performed += 1
      return always(succeeded)(...args)
    })
    expect((await queue.add([job, job])).map(({ id }) => id)).toEqual([job.id])
    await queue.idle()
    expect(await queue.add([job])).toEqual([])
    await queue.idle()
    expect(performed).toBe(1)
    await queue.stop(0)
  })

  it('does not perform what was decided beforehand', async () => {
    const queue = await open()
    const decided = { state: 'skipped', reason: 'exit-status', message: 'it failed' } as const
    const job = makeJob({ decided })
    await queue.start(neverCalled)
    await queue.add([job])
    await queue.idle()
    const status = await queue.get(job.id)
    expect(status?.state).toEqual(decided)
    expect(status?.attempt).toBe(0)
    await queue.stop(0)
  })
}

export function describeTelling({ expect, it, open }: QueueSuite): void {
  it('tells of every step of a job, its progress included', async () => {
    const queue = await open()
    const told: JobStatus[] = []
    queue.events.on('status', (status) => told.push(status))
    const progress = { step: 1, of: 3, event: 'started' } as const
    await queue.start((_, request) => {
      request.progress(progress)
      return Promise.resolve({ result: succeeded, resultsDir: '/results/attempt-1' })
    })
    await queue.add([makeJob()])
    await queue.idle()
    const steps = told.map(({ state }) => state)
    expect(steps).toEqual([
      { state: 'queued' },
      { state: 'running', progress: null },
      { state: 'running', progress },
      succeeded,
    ])
    const last = told.at(-1)
    expect([last?.attempt, last?.resultsDir]).toEqual([1, '/results/attempt-1'])
    expect([last?.startedAt, last?.finishedAt].every(isTime)).toBe(true)
    await queue.stop(0)
  })

  it('tells where the results of an attempt go while it runs, and under which number', async () => {
    const queue = await open()
    const place = { attempt: 3, resultsDir: '/results/attempt-3' }
    const told = whenStatus(queue, ({ resultsDir }) => resultsDir !== null)
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => (finish = resolve))
    await queue.start(async (_, { opened }) => {
      opened?.(place)
      await finished
      return { result: succeeded, resultsDir: place.resultsDir }
    })
    const job = makeJob()
    await queue.add([job])
    const { attempt, resultsDir, state } = await told
    expect({ attempt, resultsDir, state: state.state }).toEqual({ ...place, state: 'running' })
    finish()
    await queue.idle()
    expect((await queue.get(job.id))?.attempt).toBe(3)
    await queue.stop(0)
  })

  it('knows nothing of a job that it never had', async () => {
    const queue = await open()
    expect(await queue.get('no-such-job')).toBe(undefined)
    expect(await queue.cancel('no-such-job', 'why not')).toBe(false)
    await queue.stop(0)
  })
}

export function describeTrouble({ expect, it, open }: QueueSuite): void {
  it('tries again for the reasons that it was told, and no more often', async () => {
    const queue = await open({ retry: { attempts: 3, on: ['kernel-died'], delay: 5 } })
    const attempts: number[] = []
    const job = makeJob()
    await queue.start((_, { attempt }) => {
      attempts.push(attempt)
      return Promise.resolve({ result: died, resultsDir: null })
    })
    await queue.add([job])
    await queue.idle()
    expect(attempts).toEqual([1, 2, 3])
    expect((await queue.get(job.id))?.state).toEqual(died)
    await queue.stop(0)
  })

  it('waits longer from attempt to attempt, as each reason asks for', async () => {
    const on = {
      'kernel-died': { attempts: 4 },
      'timed-out': { attempts: 2, delay: 1 },
    }
    const retry = { attempts: 1, on, delay: 4, factor: 3, longest: 20 }
    const queue = await open({ retry })
    const job = makeJob()
    const told: unknown[] = []
    queue.events.on('status', ({ state }) => {
      if (state.state === 'queued' && state.message) told.push(state.message)
    })
    const began: number[] = []
    await queue.start(() => {
      began.push(performance.now())
      return Promise.resolve({ result: died, resultsDir: null })
    })
    await queue.add([job])
    await queue.idle()
    const waits = began.slice(1).map((time, i) => time - (began[i] as number))
    // clocks of timers are a little coarse
    expect(waits.map((wait, i) => wait >= ([4, 12, 20][i] as number) - 1.5)).toEqual([
      true,
      true,
      true,
    ])
    expect(told.length).toBe(3)
    await queue.stop(0)
  })

  it('does not try again what failed for another reason', async () => {
    const queue = await open({ retry: { attempts: 3, on: ['kernel-died'], delay: 5 } })
    const job = makeJob()
    const broken = { state: 'failed', reason: 'cell-error', message: '1/0' } as const
    await queue.start(always(broken))
    await queue.add([job])
    await queue.idle()
    const status = await queue.get(job.id)
    expect([status?.attempt, status?.state]).toEqual([1, broken])
    await queue.stop(0)
  })

  it('goes on after a performer that throws, which counts as not started', async () => {
    const queue = await open()
    const [bad, good] = [makeJob(), makeJob()]
    await queue.start((job, request) => {
      if (job.id === bad.id) throw new Error('a mistake of the test')
      return always(succeeded)(job, request)
    })
    await queue.add([bad, good])
    await queue.idle()
    const state = (await queue.get(bad.id))?.state
    expect(state?.state === 'failed' && state.reason).toBe('not-started')
    expect((await queue.get(good.id))?.state).toEqual(succeeded)
    await queue.stop(0)
  })
}
