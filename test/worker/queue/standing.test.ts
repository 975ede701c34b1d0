import type { Queue } from 'bullmq'
import { describe, expect, it } from 'vitest'

import type { Libraries } from '../../../packages/worker/src/queue/bullmq/libraries.ts'
import type { AttemptOrder } from '../../../packages/worker/src/queue/bullmq/messages.ts'
import { standingOf } from '../../../packages/worker/src/queue/bullmq/standing.ts'

/** How an attempt stands of which Redis has this; undefined: nothing. */
function standing(stored: object | undefined) {
  const whole = stored && { progress: 0, stalledCounter: 0, returnvalue: null, ...stored }
  const libraries = { Job: { fromId: () => Promise.resolve(whole) } }
  const queue: unknown = {}
  return standingOf(
    libraries as unknown as Libraries['bullmq'],
    queue as Queue<AttemptOrder>,
    'a-1',
  )
}

const news = { executor: 'node7', opened: { attempt: 2, resultsDir: '/r/attempt-2' } }
const succeeded = { result: { state: 'succeeded' }, resultsDir: '/r/attempt-2' }

describe('an attempt in Redis', () => {
  it('is lost where it is not there any more', async () => {
    expect(await standing(undefined)).toEqual({
      news: null,
      lost: 'the attempt is not in Redis any more',
    })
  })

  it('is lost where it was taken from its executor, whatever that still says', async () => {
    expect(await standing({ stalledCounter: 1, progress: news, finishedOn: 5 })).toEqual({
      news,
      lost: 'the executor node7 has gone silent',
    })
    expect(await standing({ stalledCounter: 1 })).toMatchObject({
      lost: 'the executor that had it has gone silent',
    })
  })

  it('goes on as long as it has not ended', async () => {
    expect(await standing({ progress: news })).toEqual({ news })
    expect(await standing({})).toEqual({ news: null })
  })

  it('has ended as its executor answered', async () => {
    const ended = { progress: news, finishedOn: 5, returnvalue: succeeded }
    expect(await standing(ended)).toEqual({ news, outcome: succeeded })
  })

  it('has not started where its executor threw, with the folder that it had', async () => {
    const failed = { progress: news, finishedOn: 5, failedReason: 'no such action' }
    const message = 'its executor could not perform it: no such action'
    const result = { state: 'failed', reason: 'not-started', message }
    expect(await standing(failed)).toEqual({
      news,
      outcome: { result, resultsDir: '/r/attempt-2' },
    })
  })

  it.each([
    ['nothing', null],
    ['no result', { resultsDir: null }],
    ['a result that is null', { result: null, resultsDir: null }],
    ['a state that is no end', { result: { state: 'running' }, resultsDir: null }],
    ['a folder that is none', { result: { state: 'succeeded' }, resultsDir: 5 }],
  ])('has failed where its executor answered %s', async (_, returnvalue) => {
    const { outcome } = await standing({ finishedOn: 5, returnvalue })
    expect(outcome).toEqual({
      result: {
        state: 'failed',
        reason: 'not-started',
        message: 'its executor could not perform it: what it answered is no end of an attempt',
      },
      resultsDir: null,
    })
  })
})
