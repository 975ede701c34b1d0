import { RunRouter } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { LedgerError } from '../../../packages/worker/src/ledger/ledger-error.ts'
import { kafkaOptions } from '../../../packages/worker/src/sources/kafka-options.ts'
import { takeKafka } from '../../../packages/worker/src/sources/kafka-source.ts'
import { receivedBy } from '../../../packages/worker/src/sources/received-by.ts'

/** A router that fails to hand its decisions over, for as long as there is an error. */
function routerWith(failing: { error: Error | null }) {
  const router = new RunRouter([], {
    received: ({ jobs }) => (failing.error ? Promise.reject(failing.error) : Promise.resolve(jobs)),
  })
  router.events.on('decision-error', () => undefined)
  return router
}

const play = (router: RunRouter): void => {
  for (const message of makeRunDocuments().messages) router.dispatch(message)
}

describe('what Kafka may commit', () => {
  it('waits until the runs that stopped are received', async () => {
    let receive = (): void => undefined
    const received = new Promise<void>((resolve) => (receive = resolve))
    const router = new RunRouter([], { received: ({ jobs }) => received.then(() => jobs) })
    const committable = receivedBy(router)
    play(router)
    let done = false
    const waited = committable().then(() => (done = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(done).toBe(false)
    receive()
    await waited
  })

  it('is nothing any more once the ledger gave up a run, until the next life', async () => {
    const failing = { error: new LedgerError('too-many', '10000 changes wait') as Error | null }
    const router = routerWith(failing)
    const committable = receivedBy(router)
    play(router)
    await expect(committable()).rejects.toThrow(/restart the worker/u)
    failing.error = null
    play(router)
    await expect(committable()).rejects.toThrow(/restart the worker/u)
  })

  it('is not held up by what the ledger can never take', async () => {
    const failing = { error: new LedgerError('refused', 'no JSON has that') as Error | null }
    const router = routerWith(failing)
    const committable = receivedBy(router)
    play(router)
    await committable()
    failing.error = new Error('a rule threw')
    play(router)
    await committable()
  })
})

describe('documents that come again from Kafka', () => {
  it('are the whole run for one that was open when the worker was killed', async () => {
    const { messages } = makeRunDocuments({ events: { primary: 3 } })
    const before = new RunRouter()
    for (const message of messages.slice(0, 4)) before.dispatch(message)
    const [record] = before.openRuns.map((run) => run.toRecord())
    const router = new RunRouter()
    router.restore(record!)
    const decided: { complete: boolean; restored: boolean }[] = []
    router.events.on('decided', ({ run }) => decided.push(run))
    const subscriber = takeKafka(router) as { dispatch(message: unknown, options: unknown): void }
    for (const message of messages) subscriber.dispatch(message, { origin: 'live' })
    await router.decided()
    expect(decided).toMatchObject([{ complete: true, restored: false }])
  })

  it('change nothing of a run that is open since', async () => {
    const { messages } = makeRunDocuments({ events: { primary: 3 } })
    const router = new RunRouter()
    const abandoned: string[] = []
    router.events.on('abandoned', (run) => abandoned.push(run.uid))
    const decided: number[] = []
    router.events.on('decided', ({ run }) => decided.push(run.events.primary!))
    const subscriber = takeKafka(router) as { dispatch(message: unknown, options: unknown): void }
    for (const message of [...messages.slice(0, 3), ...messages, ...messages]) {
      subscriber.dispatch(message, { origin: 'live' })
    }
    await router.decided()
    expect([abandoned, decided]).toEqual([[], [3]])
  })
})

it('a TLS file that can’t be read is named', async () => {
  const options = { kind: 'kafka', brokers: [], topics: [], tls: { ca: '/nowhere/ca.pem' } }
  await expect(kafkaOptions(options as never)).rejects.toThrow(
    /tls\.ca of a Kafka source can't be read.*\/nowhere\/ca\.pem/u,
  )
})
