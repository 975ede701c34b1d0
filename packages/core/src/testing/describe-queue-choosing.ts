import { makeJob } from './make-job.js'
import { always, codeOf, HeldPerformer, succeeded } from './queue-performers.js'
import type { QueueSuite } from './queue-suite.js'

export function describeChoosing({ expect, it, open }: QueueSuite): void {
  it('performs what has a higher priority first, and among equals who came first', async () => {
    const queue = await open()
    const priorities = [0, -1, 5, 0, 5]
    const jobs = priorities.map((priority) => makeJob({ priority }))
    const began: number[] = []
    await queue.add(jobs)
    await queue.start((job, request) => {
      began.push(jobs.findIndex(({ id }) => id === job.id))
      return always(succeeded)(job, request)
    })
    await queue.idle()
    expect(began).toEqual([2, 4, 0, 3, 1])
    await queue.stop(0)
  })

  it('takes the priority that a rerun gives', async () => {
    const queue = await open()
    const [early, late, again] = [makeJob(), makeJob(), makeJob({ decided: skipped })]
    const began: string[] = []
    await queue.add([again])
    await queue.start((job, request) => {
      began.push(job.id)
      return always(succeeded)(job, request)
    })
    await queue.pause()
    await queue.add([early, late])
    const status = await queue.get(again.id)
    expect(status && (await queue.rerun(status, { priority: 1 }))).toBe(true)
    expect((await queue.get(again.id))?.priority).toBe(1)
    await queue.resume()
    await queue.idle()
    expect(began).toEqual([again.id, early.id, late.id])
    await queue.stop(0)
  })

  it('performs no more jobs of a rule at once than it may, and others meanwhile', async () => {
    const queue = await open({ concurrency: 3, rules: { slow: 1 } })
    const held = new HeldPerformer()
    const slow = [makeJob({ rule: 'slow' }), makeJob({ rule: 'slow' })]
    const quick = [makeJob({ rule: 'quick' }), makeJob({ rule: 'quick' })]
    await queue.start(held.perform)
    await queue.add([...slow, ...quick])
    await held.whenBegun(3)
    expect(held.began.map(({ rule }) => rule)).toEqual(['slow', 'quick', 'quick'])
    expect((await queue.get(slow[1]?.id ?? ''))?.state).toEqual({ state: 'queued' })
    for (const job of held.began) held.letGo(job)
    await held.whenBegun(4)
    held.letGo(slow[1] as (typeof slow)[number])
    await queue.idle()
    await queue.stop(0)
  })

  it('takes other limits at once', async () => {
    const queue = await open({ concurrency: 1 })
    const held = new HeldPerformer()
    const jobs = Array.from({ length: 4 }, () => makeJob({ rule: 'rule' }))
    await queue.start(held.perform)
    await queue.add(jobs)
    await held.whenBegun(1)
    expect(held.began.length).toBe(1)
    await queue.setLimits({ concurrency: 4, rules: { rule: 2 } })
    await held.whenBegun(2)
    expect(held.began.length).toBe(2)
    await queue.setLimits({ rules: {} })
    await held.whenBegun(4)
    expect(held.began.length).toBe(4)
    expect(await codeOf(queue.setLimits({ concurrency: 0 }))).toBe('bad-option')
    for (const job of held.began) held.letGo(job)
    await queue.idle()
    await queue.stop(0)
  })

  it('turns away what it has no room for, and lets that be seen', async () => {
    const queue = await open({ capacity: 2 })
    const held = new HeldPerformer()
    await queue.start(held.perform)
    await queue.pause()
    const jobs = [makeJob(), makeJob(), makeJob()]
    expect((await queue.add(jobs)).length).toBe(3)
    const [, , third] = await Promise.all(jobs.map(({ id }) => queue.get(id)))
    const state = third?.state
    expect(state?.state === 'failed' && state.reason).toBe('not-started')
    expect(await queue.counts()).toEqual({ queued: 2, waiting: 0, running: 0, refused: 1 })
    expect(third && (await codeOf(queue.rerun(third)))).toBe('full')
    await queue.stop(0)
  })
}

const skipped = { state: 'skipped', reason: 'rule' } as const
