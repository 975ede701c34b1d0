import type { Performer } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it, vi } from 'vitest'

import { hasRedis, RedisServer } from '../../support/redis-server.ts'
import { executorOn, intakeOn, quick } from './support.ts'

const succeeded = { state: 'succeeded' } as const

/** Attempts that end when they are let go, or told to. */
function held() {
  const begun: string[] = []
  let go: () => void = () => undefined
  const gone = new Promise<void>((resolve) => (go = resolve))
  const perform: Performer = async (job, { signal }) => {
    begun.push(job.id)
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve()),
    )
    await Promise.race([gone, aborted])
    const interrupted = { state: 'failed', reason: 'interrupted', message: 'told to' } as const
    return { result: signal.aborted ? interrupted : succeeded, resultsDir: null }
  }
  return { begun, go, perform }
}

describe.skipIf(!hasRedis)('while Redis is away', () => {
  it('an attempt goes on for longer than its lease, and counts when Redis is back', async () => {
    // as it is by default, it loses with a kill what it has said that it has, if its disk is slow
    const redis = await RedisServer.start('--appendfsync', 'always')
    const at = { url: redis.url, username: undefined, password: undefined, prefix: 'away' }
    const queue = await intakeOn(at, { timing: { ...quick, afterReconnect: 5_000 } })
    const { begun, go, perform } = held()
    const { connection } = await executorOn(at, perform)
    await queue.start(perform)
    const [first, second] = [makeJob(), makeJob()]
    await queue.add([first])
    await vi.waitFor(() => expect(begun.length).toBe(1), 5_000)
    await redis.kill()
    await vi.waitFor(() => expect(queue.trouble).toContain("can't be reached"), 5_000)
    await queue.add([second])
    await new Promise((resolve) => setTimeout(resolve, 2 * quick.lease))
    // the executor is back later than the intake, which has to wait for it
    const stillAway = vi.spyOn(connection, 'trouble', 'get').mockReturnValue('still away')
    await redis.restart()
    await vi.waitFor(() => expect(queue.trouble ?? '').not.toContain("can't be reached"), 5_000)
    await new Promise((resolve) => setTimeout(resolve, 5 * quick.look))
    stillAway.mockRestore()
    go()
    await queue.idle()
    const ended = await Promise.all([first, second].map(({ id }) => queue.get(id)))
    expect(ended.map((status) => [status?.state, status?.attempt])).toEqual([
      [succeeded, 1],
      [succeeded, 1],
    ])
  })

  it('a job whose turn comes waits for it, and for nothing else', async () => {
    const redis = await RedisServer.start()
    const at = { url: redis.url, username: undefined, password: undefined, prefix: 'turn' }
    const queue = await intakeOn(at)
    const { go, perform } = held()
    go()
    await executorOn(at, perform)
    await queue.start(perform)
    await queue.add([makeJob()])
    await queue.idle()
    await redis.kill()
    await vi.waitFor(() => expect(queue.trouble).toContain("can't be reached"), 5_000)
    const job = makeJob()
    await queue.add([job])
    expect((await queue.get(job.id))?.state.state).toBe('running')
    // several times that it is tried in vain
    await new Promise((resolve) => setTimeout(resolve, 2 * quick.lease))
    await redis.restart()
    await queue.idle()
    expect(await queue.get(job.id)).toMatchObject({ state: succeeded, attempt: 1 })
  })

  it('what it then has no more is begun anew, though nobody tells of it', async () => {
    const redis = await RedisServer.start()
    const at = { url: redis.url, username: undefined, password: undefined, prefix: 'emptied' }
    const queue = await intakeOn(at)
    const { begun, go, perform } = held()
    const { connection } = await executorOn(at, perform)
    await queue.start(perform)
    const job = makeJob()
    await queue.add([job])
    await vi.waitFor(() => expect(begun.length).toBe(1), 5_000)
    await connection.redis.flushall()
    await vi.waitFor(() => expect(begun.length).toBe(2), 10_000)
    go()
    await queue.idle()
    expect(await queue.get(job.id)).toMatchObject({
      state: succeeded,
      attempt: 2,
      interruptions: 1,
    })
  })

  it('an intake begins and takes jobs in, and an executor waits', async () => {
    const redis = await RedisServer.start()
    const at = { url: redis.url, username: undefined, password: undefined, prefix: 'later' }
    await redis.kill()
    const queue = await intakeOn(at)
    const { go, perform } = held()
    go()
    await executorOn(at, perform)
    await queue.start(perform)
    await queue.add([makeJob()])
    await vi.waitFor(() => expect(queue.trouble).toContain('ECONNREFUSED'), 5_000)
    await redis.restart()
    await queue.idle()
    expect(await queue.counts()).toMatchObject({ queued: 0, running: 0 })
  })

  it('both can be stopped all the same', async () => {
    const redis = await RedisServer.start()
    const at = { url: redis.url, username: undefined, password: undefined, prefix: 'stopped' }
    const queue = await intakeOn(at)
    const { begun, perform } = held()
    const { executor } = await executorOn(at, perform)
    await queue.start(perform)
    await queue.add([makeJob()])
    await vi.waitFor(() => expect(begun.length).toBe(1), 5_000)
    await redis.kill()
    const began = performance.now()
    await Promise.all([executor.close(0), queue.stop(0)])
    expect(performance.now() - began).toBeLessThan(10 * quick.patience)
  })
})

describe.skipIf(!hasRedis)('a Redis with a password', () => {
  it('is used with the right one, and with a wrong one says so', async () => {
    const redis = await RedisServer.start('--requirepass', 'hidden')
    const at = { url: redis.url, username: undefined, password: 'hidden', prefix: 'password' }
    const queue = await intakeOn(at)
    const { go, perform } = held()
    go()
    await executorOn(at, perform)
    await queue.start(perform)
    const job = makeJob()
    await queue.add([job])
    await queue.idle()
    expect(await queue.get(job.id)).toMatchObject({ state: succeeded })
    const other = await intakeOn({ ...at, password: 'wrong-one' })
    await other.start(perform)
    await vi.waitFor(() => expect(other.trouble).toContain('WRONGPASS'), 5_000)
    expect(other.trouble).not.toContain('wrong-one')
  })
})
