import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { hold } from '../../../packages/worker/src/queue/bullmq/lease.ts'
import { loadLibraries } from '../../../packages/worker/src/queue/bullmq/libraries.ts'
import { queueName } from '../../../packages/worker/src/queue/bullmq/messages.ts'
import { hasRedis } from '../../support/redis-server.ts'
import { RedisFolder } from './support.ts'

let server: RedisFolder
let count = 0

/** An attempt that is among the active ones, and whose lease an executor wants to confirm. */
async function attempt() {
  const { url, prefix } = server.access(`lease-${(count += 1)}`)
  const { Redis } = await loadLibraries()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const at = (name: string): string => `${prefix}:${queueName}:${name}`
  const lock = at('one:lock')
  await redis.lpush(at('active'), 'another', 'one')
  const confirm = (): Promise<boolean> =>
    hold(redis, { prefix, id: 'one', token: 'ours', duration: 60_000 })
  return { redis, at, lock, confirm }
}

describe.skipIf(!hasRedis)('the lease of an attempt', () => {
  beforeAll(async () => {
    server = await RedisFolder.open()
  })
  afterAll(() => server.close())

  it('lasts longer when it is confirmed, and is no longer suspected', async () => {
    const { redis, at, lock, confirm } = await attempt()
    await redis.set(lock, 'ours', 'PX', 1000)
    await redis.sadd(at('stalled'), 'one', 'another')
    expect(await confirm()).toBe(true)
    expect(await redis.pttl(lock)).toBeGreaterThan(1000)
    expect(await redis.smembers(at('stalled'))).toEqual(['another'])
  })

  it('is taken up again where it ran out and nobody has noticed', async () => {
    const { redis, lock, confirm } = await attempt()
    expect(await confirm()).toBe(true)
    expect(await redis.get(lock)).toBe('ours')
  })

  it('is left to another who has it', async () => {
    const { redis, lock, confirm } = await attempt()
    await redis.set(lock, 'theirs', 'PX', 1000)
    expect(await confirm()).toBe(false)
    expect(await redis.get(lock)).toBe('theirs')
    expect(await redis.pttl(lock)).toBeLessThanOrEqual(1000)
  })

  it('is lost where the attempt was taken for lost', async () => {
    const { redis, at, lock, confirm } = await attempt()
    await redis.lrem(at('active'), 0, 'one')
    expect(await confirm()).toBe(false)
    expect(await redis.exists(lock)).toBe(0)
  })
})
