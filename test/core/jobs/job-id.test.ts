import { jobId } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

describe("a job's id", () => {
  const uid = '5d8beb4d-8b22-44a9-a1da-0839189a2104'

  it('is the same wherever and whenever it is made', async () => {
    expect(await jobId(uid, 'reflectivity', 'fine')).toBe(await jobId(uid, 'reflectivity', 'fine'))
    expect(await jobId(uid, 'reflectivity', 'fine')).toMatch(/^5d8beb4d-[\da-f]{12}$/u)
  })

  it('differs for another run, rule or entry, also where their texts run together', async () => {
    const ids = await Promise.all([
      jobId(uid, 'a', 'b'),
      jobId(uid, 'ab', ''),
      jobId(uid, '', 'ab'),
      jobId(uid, 'a","b', ''),
      jobId(`${uid}x`, 'a', 'b'),
    ])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(['../../etc', '', 'a:b c/d', 'é\u0000\n'])(
    'of the run %j is safe everywhere',
    async (run) => {
      expect(await jobId(run, 'rule', 'entry')).toMatch(/^\w{0,8}-[\da-f]{12}$/u)
    },
  )
})
