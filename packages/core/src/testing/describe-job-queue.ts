import type { ActionResult, RetryOptions } from '../actions/action.js'
import { isEndState, type Job, type JobStatus } from '../jobs/job.js'
import {
  type AttemptRequest,
  type JobQueue,
  type Performer,
  StopReason,
} from '../jobs/job-queue.js'
import { makeJob } from './make-job.js'
import type { TestFunctions } from './test-functions.js'

/** What the suite asks of a queue that it tests. */
export interface QueueUnderTestOptions {
  readonly concurrency: number
  readonly retry: RetryOptions
}

/** Makes an empty queue that is not started yet. */
export type MakeQueue = (options: QueueUnderTestOptions) => JobQueue | Promise<JobQueue>

interface Suite extends TestFunctions {
  readonly open: (options?: Partial<QueueUnderTestOptions>) => Promise<JobQueue>
}

const succeeded: ActionResult = { state: 'succeeded' }
const noRetry: RetryOptions = { attempts: 1, on: [], delay: 0 }

/**
 * The contract of a {@link JobQueue} as a suite.
 *
 * @param makeQueue - makes an empty queue for each test.
 * @example
 * ```ts
 * import { MemoryJobQueue } from '@prompt-papermill/core'
 * import { describeJobQueue } from '@prompt-papermill/core/testing'
 * import { describe, expect, it } from 'vitest'
 *
 * const make = (options) => new MemoryJobQueue(options)
 * describeJobQueue({ describe, expect, it }, 'MemoryJobQueue', make)
 * ```
 */
export function describeJobQueue(test: TestFunctions, name: string, makeQueue: MakeQueue): void {
  const open: Suite['open'] = async (options) =>
    makeQueue({ concurrency: 1, retry: noRetry, ...options })
  test.describe(`the queue ${name} keeps the contract of queues`, () => {
    describePerforming({ ...test, open })
    describeTelling({ ...test, open })
    describeTrouble({ ...test, open })
    describeOperating({ ...test, open })
    describeStopping({ ...test, open })
  })
}

function describePerforming({ expect, it, open }: Suite): void {
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

function describeTelling({ expect, it, open }: Suite): void {
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

  it('knows nothing of a job that it never had', async () => {
    const queue = await open()
    expect(await queue.get('no-such-job')).toBe(undefined)
    expect(await queue.cancel('no-such-job', 'why not')).toBe(false)
    await queue.stop(0)
  })
}

function describeTrouble({ expect, it, open }: Suite): void {
  it('tries again for the reasons that it was told, and no more often', async () => {
    const queue = await open({ retry: { attempts: 3, on: ['kernel-died'], delay: 5 } })
    const attempts: number[] = []
    const job = makeJob()
    const died = { state: 'failed', reason: 'kernel-died', message: 'signal 9' } as const
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

function describeOperating({ expect, it, open }: Suite): void {
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
    await queue.pause()
    await queue.add([job])
    await turn()
    expect((await queue.get(job.id))?.state).toEqual({ state: 'queued' })
    await queue.resume()
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
}

function describeStopping({ expect, it, open }: Suite): void {
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
    expect(status?.state).toEqual({ state: 'queued' })
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
    let code: unknown
    await queue.add([makeJob()]).catch((error: unknown) => {
      code = (error as { code?: unknown }).code
    })
    expect(code).toBe('closed')
  })
}

function always(result: ActionResult): Performer {
  return () => Promise.resolve({ result, resultsDir: null })
}

const neverCalled: Performer = (job) => {
  throw new Error(`job ${job.id} was performed`)
}

/** Ends when it is told to, by the reason for which it is. */
async function untilAborted(_: Job, { signal }: AttemptRequest): ReturnType<Performer> {
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
  const { kind, message } = signal.reason as StopReason
  const result: ActionResult =
    kind === 'cancelled' ? { state: kind, message } : { state: 'failed', reason: kind, message }
  return { result, resultsDir: null }
}

function whenRunning(queue: JobQueue): Promise<void> {
  return new Promise((resolve) => {
    queue.events.on('status', ({ state }) => {
      if (state.state === 'running') resolve()
    })
  })
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && new Date(value).toISOString() === value
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5))
}
