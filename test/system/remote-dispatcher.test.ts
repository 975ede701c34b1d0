import { join } from 'node:path'

import type { Run } from '@prompt-papermill/core'
import {
  defineAction,
  RemoteDispatcher,
  RunRouter,
  type SourceEvents,
} from '@prompt-papermill/core'
import { describe, expect, it, onTestFinished } from 'vitest'

import { BlueskyProxy, freePort, TwoRuns } from '../support/bluesky-proxy.js'
import { hasPython } from '../support/python.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Has Python publish two runs; resolves when they are sent. */
async function publishTwoRuns(address: string, dispatcher: RemoteDispatcher): Promise<void> {
  const publisher = new TwoRuns(address, 'jpls')
  onTestFinished(() => publisher.kill())
  await heard(dispatcher, 'dropped')
  expect(await publisher.go()).toBe(0)
}

function heard(dispatcher: RemoteDispatcher, event: keyof SourceEvents): Promise<void> {
  return new Promise((resolve) => dispatcher.once(event, () => resolve()))
}

describe.skipIf(!hasPython)('a RemoteDispatcher on the real proxy', () => {
  it('receives what a RunEngine publishes, and goes on when the proxy was restarted', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [`ipc://${join(folder, 'in')}`, `127.0.0.1:${await freePort()}`]
    let proxy = new BlueskyProxy(from, `tcp://${to}`)
    onTestFinished(() => proxy.stop())

    const noted: unknown[] = []
    const logbook = defineAction({
      name: 'logbook',
      run: (run, { parameters }) => {
        noted.push({ ...parameters, plan: run.start.plan_name, events: run.events })
        return Promise.resolve({ state: 'succeeded' })
      },
    })
    const router = new RunRouter([], { results: { root: join(folder, 'results') } })
    const parameters = { sample: { ref: '$start.sample_name', default: 'none' } }
    router
      .on({ when: { plan_name: 'count', 'run.complete': true } }, logbook)
      .on(
        { when: { plan_name: 'reflection_scan', 'run.complete': true } },
        { action: logbook, parameters },
      )
    const dispatcher = new RemoteDispatcher(to, { prefix: 'jpls' })
    onTestFinished(() => dispatcher.stop())
    const plans: unknown[] = []
    dispatcher.on('start', (doc) => plans.push(doc.plan_name))
    dispatcher.subscribe(router)
    const connected = heard(dispatcher, 'connected')
    await dispatcher.start()
    await connected

    const followed: Run[] = []
    router.events.on('stopped', (run) => followed.push(run))
    for (const round of [1, 2]) {
      const both = new Promise<void>((resolve) => {
        router.events.on('stopped', () => {
          if (followed.length === 2 * round) resolve()
        })
      })
      await publishTwoRuns(from, dispatcher)
      await both
      await router.settled()
      if (round === 2) break
      const [gone, back] = [heard(dispatcher, 'disconnected'), heard(dispatcher, 'connected')]
      await proxy.stop()
      await gone
      proxy = new BlueskyProxy(from, `tcp://${to}`)
      await back
    }

    expect(plans).toEqual(['count', 'reflection_scan', 'count', 'reflection_scan'])
    expect(followed.map(({ complete }) => complete)).toEqual([true, true, true, true])
    const count = { plan: 'count', events: { primary: 5 } }
    const scan = { plan: 'reflection_scan', events: { primary: 4 }, sample: 'Si' }
    expect(noted).toEqual([count, scan, count, scan])
    expect(dispatcher.counts.invalid).toBe(0)
  })
})
