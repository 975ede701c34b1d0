import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type AttemptRequest, type JobQueue, type JobStatus, Run } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { loadLibraries } from '../../../packages/worker/src/queue/bullmq/libraries.ts'
import { attemptOf } from '../../../packages/worker/src/queue/bullmq/sent-attempts.ts'
import { markFolders, problemOfSharing } from '../../../packages/worker/src/queue/shared-folders.ts'
import { hasRedis } from '../../support/redis-server.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { executorOn, intakeOn, quick, RedisFolder } from './support.ts'

const succeeded = { state: 'succeeded' } as const
const atOnce = () => Promise.resolve({ result: succeeded, resultsDir: null })

let redis: RedisFolder
let count = 0
const access = () => redis.access(`fencing-${(count += 1)}`)

/** Resolves with the first status of such a state. */
function when(queue: JobQueue, state: string): Promise<JobStatus> {
  return new Promise((resolve) => {
    queue.events.on('status', (status) => {
      if (status.state.state === state) resolve(status)
    })
  })
}

describe.skipIf(!hasRedis)('attempts that executors perform', () => {
  beforeAll(async () => {
    redis = await RedisFolder.open()
  })
  afterAll(() => redis.close())

  it('do not count when the executor was silent for longer than its lease, which it is told', async () => {
    const at = access()
    const queue = await intakeOn(at)
    await queue.start(atOnce)
    const requests: AttemptRequest[] = []
    const first = await executorOn(at, (_, request) => {
      requests.push(request)
      return new Promise((resolve) => {
        request.signal.addEventListener('abort', () =>
          resolve({ result: succeeded, resultsDir: null }),
        )
      })
    })
    const running = when(queue, 'running')
    const job = makeJob()
    await queue.add([job])
    await running
    await vi.waitFor(() => expect(requests.length).toBe(1), 5_000)
    expect(await requests[0]!.stillCounts?.()).toBe(true)
    // as a process that stands still: it confirms nothing, and neither hears nor says anything
    const frozen = vi.spyOn(first.connection, 'trouble', 'get').mockReturnValue('frozen')
    await executorOn(at, atOnce)
    await queue.idle()
    expect(await queue.get(job.id)).toMatchObject({
      state: succeeded,
      attempt: 2,
      interruptions: 1,
    })
    expect(await requests[0]!.stillCounts?.()).toBe(false)
    expect(requests[0]!.signal.aborted).toBe(false)
    frozen.mockRestore()
    await vi.waitFor(() => expect(requests[0]!.signal.aborted).toBe(true), 5_000)
    expect(await queue.get(job.id)).toMatchObject({ state: succeeded, attempt: 2 })
  })

  it('count when the executor was lost after it had left its manifest', async () => {
    const at = access()
    const queue = await intakeOn(at)
    await queue.start(atOnce)
    const job = makeJob()
    const folder = join(await temporaryFolder(), 'attempt-1')
    await mkdir(folder)
    let opened: () => void = () => undefined
    const begun = new Promise<void>((resolve) => (opened = resolve))
    const { connection } = await executorOn(at, async (_, request) => {
      request.opened?.({ attempt: 1, resultsDir: folder })
      opened()
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
      return { result: succeeded, resultsDir: folder }
    })
    await queue.add([job])
    await begun
    await vi.waitFor(async () => {
      expect(await queue.get(job.id)).toMatchObject({ resultsDir: folder })
    }, 5_000)
    const manifest = { job: job.id, attempt: 1, state: 'succeeded', reason: null, message: null }
    await writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...manifest, evidence: null, started_at: 'a', finished_at: 'b' }),
    )
    vi.spyOn(connection, 'trouble', 'get').mockReturnValue('dead')
    await queue.idle()
    expect(await queue.get(job.id)).toMatchObject({
      state: succeeded,
      attempt: 1,
      interruptions: 0,
    })
    vi.restoreAllMocks()
  })

  it('are handed out by one intake alone; another says whose the queue is', async () => {
    const at = access()
    const queue = await intakeOn(at)
    await executorOn(at, atOnce)
    await queue.start(atOnce)
    const job = makeJob()
    await queue.add([job])
    await queue.idle()
    expect(queue.trouble).toBe(null)
    const other = await intakeOn(at, { identity: 'another test' })
    await other.start(atOnce)
    await other.add([makeJob()])
    await vi.waitFor(() => expect(other.trouble).toContain('another intake (a test)'), 5_000)
    expect(await other.counts()).toMatchObject({ queued: 1, running: 0 })
    // once the first is gone, and has been for a while
    await queue.stop(0)
    await other.idle()
    expect(other.trouble).toBe(null)
  })

  it('are left alone by another intake, and removed by their own when they have ended', async () => {
    const at = access()
    const timing = { ...quick, remembered: 400 }
    const queue = await intakeOn(at, { timing })
    let end: () => void = () => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    const aborted: boolean[] = []
    await executorOn(at, async (_, { signal }) => {
      await ended
      aborted.push(signal.aborted)
      return { result: succeeded, resultsDir: null }
    })
    await queue.start(atOnce)
    const running = when(queue, 'running')
    await queue.add([makeJob()])
    await running
    const other = await intakeOn(at, { identity: 'another test', timing })
    await other.start(atOnce)
    await new Promise((resolve) => setTimeout(resolve, 3 * timing.remembered))
    end()
    await queue.idle()
    expect(aborted).toEqual([false])
    const { bullmq, Redis } = await loadLibraries()
    const connection = new Redis(at.url, { maxRetriesPerRequest: null })
    const stored = new bullmq.Queue('attempts', { connection, prefix: at.prefix })
    onTestFinished(async () => {
      await stored.close()
      connection.disconnect()
    })
    expect((await stored.getJobs()).length).toBe(1)
    await vi.waitFor(async () => expect(await stored.getJobs()).toEqual([]), 5_000)
  })

  it('wait, and that can be seen, while no executor is there', async () => {
    const at = access()
    const queue = await intakeOn(at)
    await queue.start(atOnce)
    await queue.add([makeJob()])
    await vi.waitFor(() => expect(queue.trouble).toContain('no executor is there'), 5_000)
    expect(await queue.counts()).toMatchObject({ queued: 1, running: 0 })
    await executorOn(at, atOnce)
    await queue.idle()
    expect(queue.trouble).toBe(null)
  })

  it('are not taken by an executor whose folders are others than those of the intake', async () => {
    const at = access()
    const [own, other] = [await temporaryFolder(), await temporaryFolder()]
    const marks = await markFolders([own])
    await markFolders([other])
    expect(await problemOfSharing([own], marks)).toBe(null)
    expect(await problemOfSharing([other], marks)).toContain('mount its disk here')
    expect(await problemOfSharing([join(other, 'gone')], marks)).toContain('mount its disk here')
    expect(await markFolders([own])).toEqual(marks)
    const queue = await intakeOn(at)
    await queue.start(atOnce)
    let asked = 0
    await executorOn(at, atOnce, () => Promise.resolve((asked += 1) < 4 ? 'not yet' : null))
    await queue.add([makeJob()])
    await queue.idle()
    expect(asked).toBe(4)
  })

  it('carry every kind of value that a document can hold', async () => {
    const at = access()
    const queue = await intakeOn(at)
    await queue.start(atOnce)
    const parameters = { big: 2n ** 70n, not: NaN, bytes: new Uint8Array([1, 2]), none: null }
    let got: unknown
    await executorOn(at, (job) => {
      got = { parameters: job.parameters, uid: Run.fromRecord(job.run).uid, retry: job.retry }
      return atOnce()
    })
    const retry = { attempts: 1, on: [], delay: 0, factor: undefined }
    const job = makeJob({ parameters, retry })
    await queue.add([job])
    await queue.idle()
    expect(got).toEqual({ parameters, uid: job.run.uid, retry: { attempts: 1, on: [], delay: 0 } })
  })
})

describe('an attempt of an earlier life', () => {
  const sent = [
    { id: 'a', job: 'one', attempt: 1 },
    { id: 'b', job: 'one', attempt: 3 },
    { id: 'c', job: 'two', attempt: 5 },
  ]

  it('is the latest of its job, and none that had ended before', () => {
    expect(attemptOf(sent, 'one', 2)?.id).toBe('b')
    expect(attemptOf(sent, 'one', 3)?.id).toBe('b')
    expect(attemptOf(sent, 'one', 4)).toBe(undefined)
    expect(attemptOf(sent, 'three', 1)).toBe(undefined)
  })
})

describe('the libraries of the queue on Redis', () => {
  it('are asked for by name where one is missing', async () => {
    const missing = Object.assign(new Error('Cannot find package'), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
    await expect(loadLibraries(() => Promise.reject(missing))).rejects.toThrow(
      'npm install bullmq ioredis',
    )
  })
})
