import { makeConfig } from '@prompt-papermill/worker'
import { describe, expect, it } from 'vitest'

import { checkRedis } from '../../../packages/worker/src/commands/check/redis.ts'
import { freePort } from '../../support/bluesky-proxy.ts'
import { hasRedis, RedisServer } from '../../support/redis-server.ts'

const checked = (queue: object) =>
  checkRedis(
    makeConfig({ templates: '/t', results: '/r', queue: { kind: 'bullmq', ...queue } } as never),
  )

describe.skipIf(!hasRedis)('`check` of the queue on Redis', () => {
  it('is content with a Redis that keeps what it is given', async () => {
    const redis = await RedisServer.start()
    const results = await checked({ url: redis.url })
    expect(results.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok'])
    expect(results[0]?.message).toContain('answers: Redis ')
  })

  it('warns of one without append-only file, and fails one that throws things away', async () => {
    const options = ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']
    const redis = await RedisServer.start(...options)
    const results = await checked({ url: redis.url })
    expect(results.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['queue', 'ok'],
      ['queue: appendonly', 'warn'],
      ['queue: maxmemory-policy', 'fail'],
    ])
  })

  it('says that it asks for a password, takes the right one, and shows none', async () => {
    const redis = await RedisServer.start('--requirepass', 'hidden')
    expect(await checked({ url: redis.url })).toMatchObject([
      { verdict: 'fail', message: expect.stringContaining('give `queue.password`') },
    ])
    const wrong = await checked({ url: redis.url, password: 'wrong-one' })
    expect(wrong).toMatchObject([{ verdict: 'fail' }])
    expect(JSON.stringify(wrong)).not.toContain('wrong-one')
    const right = await checked({ url: redis.url, password: 'hidden' })
    expect(right[0]).toMatchObject({ verdict: 'ok' })
  })

  it('says that none answers', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`
    const [result] = await checked({ url })
    expect(result).toMatchObject({ subject: 'queue', verdict: 'fail' })
    expect(result?.message).toContain('ECONNREFUSED')
    expect(result?.message).toContain('is Redis running there')
  })
})
