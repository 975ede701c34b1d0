import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import {
  type Action,
  allReady,
  BlueskyError,
  defineAction,
  type Readiness,
  resultsPath,
  Run,
  RunRouter,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

function routerIn(folder: string): RunRouter {
  return new RunRouter([], { results: { root: folder }, documents: join(folder, 'documents') })
}

function dispatchRun(router: RunRouter): void {
  for (const message of makeRunDocuments().messages) router.dispatch(message)
}

/** Notes when its attempts begin, and how many run at once. */
function noting(name: string): { action: Action; began: string[]; most: () => number } {
  const began: string[] = []
  let running = 0
  let most = 0
  const action = defineAction({
    name,
    async run(_, { job }) {
      began.push(job.rule)
      most = Math.max(most, (running += 1))
      await new Promise((resolve) => setTimeout(resolve, 5))
      running -= 1
      return { state: 'succeeded' }
    },
  })
  return { action, began, most: () => most }
}

describe('a rule', () => {
  it('says with which priority its jobs go', async () => {
    const router = routerIn(await temporaryFolder())
    const { action, began } = noting('note')
    router.on({ name: 'later', when: {} }, action)
    router.on({ name: 'first', when: {}, priority: 3 }, action)
    await router.queue.pause()
    dispatchRun(router)
    await router.decided()
    await router.queue.setLimits({ concurrency: 1 })
    await router.queue.resume()
    await router.settled()
    expect(began).toEqual(['first', 'later'])
  })

  it('says how many of its jobs run at once', async () => {
    const router = routerIn(await temporaryFolder())
    const { action, most } = noting('note')
    router.on({ name: 'one', when: {}, concurrency: 1 }, action, { name: 'again', action })
    dispatchRun(router)
    await router.settled()
    expect(most()).toBe(1)
    router.setRules(router.rules.map(({ rule: { concurrency: _, ...rule } }) => rule))
    dispatchRun(router)
    await router.settled()
    expect(most()).toBe(2)
  })

  it.each([
    [{ priority: NaN }, 'rule odd: the priority must be a number'],
    [{ concurrency: 0 }, 'rule odd: the concurrency must be a whole number, at least 1; it is 0'],
  ])('with %j is refused', async (given, message) => {
    const router = routerIn(await temporaryFolder())
    const add = (): unknown => router.on({ name: 'odd', when: {}, ...given }, noting('note').action)
    expect(add).toThrow(BlueskyError)
    expect(add).toThrow(message)
  })

  it('has its jobs wait for their data, each entry for its own where it has one', async () => {
    const router = routerIn(await temporaryFolder())
    const looks: string[] = []
    const readiness = (name: string): Readiness => ({
      name,
      check(run) {
        looks.push(`${name} of ${run.start.plan_name ?? ''}`)
        return Promise.resolve({ ready: true })
      },
    })
    const { action } = noting('note')
    router.on({ name: 'patient', when: {}, wait: { for: readiness('file') } }, action, {
      name: 'own',
      action,
      wait: { for: readiness('probe'), limit: 1 },
    })
    const jobs: unknown[] = []
    router.events.on('queued', (_, added) => jobs.push(...added.map(({ wait }) => wait)))
    for (const message of makeRunDocuments({ plan_name: 'scan' }).messages) {
      router.dispatch(message)
    }
    await router.settled()
    expect(looks.sort()).toEqual(['file of scan', 'probe of scan'])
    const schedule = { every: 1000, factor: 2, longest: 30_000 }
    expect(jobs).toEqual([
      { for: 'file', ...schedule, limit: 300_000 },
      { for: 'probe', ...schedule, limit: 1 },
    ])
  })
})

describe('several things to wait for', () => {
  const found = (name: string, ready: boolean): Readiness => ({
    name,
    check: () => Promise.resolve(ready ? { ready } : { ready, message: 'not yet' }),
  })
  const run = new Run('a')
  const { signal } = new AbortController()

  it('are ready when all are', async () => {
    const both = allReady([found('a', true), found('b', true)])
    expect(both.name).toBe('a and b')
    expect(await both.check(run, signal)).toEqual({ ready: true })
  })

  it('are not while one is not, which is named', async () => {
    const both = allReady([found('a', true), found('b', false), found('c', false)])
    expect(await both.check(run, signal)).toEqual({ ready: false, message: 'b: not yet' })
  })
})

describe('the number of an attempt', () => {
  it('is that of its folder, also where the folder that was meant is there already', async () => {
    const root = await temporaryFolder()
    const router = routerIn(root)
    const given: number[] = []
    const action = defineAction({
      name: 'note',
      run(_, { attempt }) {
        given.push(attempt)
        return Promise.resolve({ state: 'succeeded' })
      },
    })
    router.on({ name: 'rule', when: {} }, action)
    await router.queue.pause()
    router.events.on('queued', (_, [job]) => {
      if (job) ids.push(job.id)
    })
    const ids: string[] = []
    dispatchRun(router)
    await router.decided()
    const job = (await router.queue.get(ids[0]!))!.job
    const folder = resultsPath(root, '{plan_name}/{date}/{scan_id}_{uid8}', job)
    await mkdir(join(folder, 'attempt-4'), { recursive: true })
    await router.queue.resume()
    await router.settled()
    const status = (await router.queue.get(job.id))!
    expect([given, status.attempt, status.tries]).toEqual([[5], 5, 1])
    expect(status.resultsDir).toBe(join(folder, 'attempt-5'))
    await router.queue.rerun(status)
    await router.settled()
    expect(given).toEqual([5, 6])
  })
})
