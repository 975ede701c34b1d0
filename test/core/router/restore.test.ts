import {
  defineAction,
  type DocumentCallback,
  type DocumentMessage,
  type Entry,
  fromLosslessJson,
  type RunFactory,
  RunRouter,
  type RunRecord,
  toLosslessJson,
} from '@prompt-papermill/core/documents'
import { describe, expect, it } from 'vitest'

import { RecordingSpool } from '../../support/recording-spool.js'
import { documentsOf } from '../../support/tracking.js'

function feed(router: RunRouter, messages: readonly DocumentMessage[]): RunRouter {
  for (const message of messages) router.dispatch(message)
  return router
}

/** The record of the only open run, as a ledger gives it back. */
function recordOf(router: RunRouter): RunRecord {
  return fromLosslessJson(toLosslessJson(router.openRuns[0]!.toRecord())) as RunRecord
}

/** A factory with a callback and a subfactory's, and the names of what they got. */
function recording() {
  const got: string[] = []
  const callback: DocumentCallback = (name) => got.push(name)
  const ofStream: DocumentCallback = (name) => got.push(`stream ${name}`)
  const factory: RunFactory = () => [[callback], [() => [ofStream]]]
  return { factory, got }
}

const messages = documentsOf('a')
const resource = { name: 'resource', doc: { uid: 'r', run_start: 'a' } } as never
const streamResource = { name: 'stream_resource', doc: { uid: 's', run_start: 'a' } } as never
const datums = [
  { name: 'datum', doc: { datum_id: 'r/1', resource: 'r', datum_kwargs: {} } },
  { name: 'datum_page', doc: { datum_id: ['r/2'], resource: 'r', datum_kwargs: {} } },
  { name: 'bulk_datum', doc: { resource: 'r', datum_ids: ['r/3'], datum_kwarg_list: [{}] } },
  { name: 'stream_datum', doc: { stream_resource: 's', descriptor: '' } },
] as never[]

describe('a run that was open before a restart', () => {
  it('knows an open run again, and that it was interrupted', () => {
    const before = feed(new RunRouter(), messages.slice(0, 3))
    expect([before.openRuns[0]?.restored, before.openRuns[0]?.interruptions]).toEqual([false, 0])
    const after = new RunRouter()
    after.restore(recordOf(before))
    const [run] = after.openRuns
    expect([run?.restored, run?.interruptions]).toEqual([true, 1])
    const twice = new RunRouter()
    twice.restore(recordOf(after))
    expect(twice.openRuns[0]?.interruptions).toBe(2)
  })

  it('is told to the factories, with its start and descriptors', () => {
    const before = feed(new RunRouter(), messages.slice(0, 3))
    const { factory, got } = recording()
    const after = new RunRouter([factory])
    after.restore(recordOf(before))
    expect(got).toEqual(['start', 'descriptor', 'stream start', 'stream descriptor'])
    feed(after, messages.slice(3))
    expect(got.slice(4)).toEqual([
      ...['event_page', 'stream event_page', 'event_page', 'stream event_page'],
      ...['stop', 'stream stop'],
    ])
  })

  it('is marked, so that a factory can leave it out', () => {
    const seen: (readonly [string, boolean])[] = []
    const router = new RunRouter([
      (_, { uid }, run) => {
        seen.push([uid, run.restored])
        return [[], []]
      },
    ])
    router.restore(recordOf(feed(new RunRouter(), messages.slice(0, 2))))
    feed(router, documentsOf('b'))
    expect(seen).toEqual([
      ['a', true],
      ['b', false],
    ])
  })

  it.each<[string, (record: RunRecord) => RunRecord]>([
    ['had stopped', (record) => ({ ...record, stop: messages.at(-1)!.doc as never })],
    ['was given up', (record) => ({ ...record, abandoned: 'too-old' })],
    ['had no Run Start yet', (record) => ({ ...record, start: null })],
  ])('is not told to the factories where it %s', (_, change) => {
    const { factory, got } = recording()
    const router = new RunRouter([factory])
    router.restore(change(recordOf(feed(new RunRouter(), messages.slice(0, 2)))))
    expect(got).toEqual([])
  })

  it('gets the datums of resources that came before', () => {
    const before = feed(new RunRouter(), [...messages.slice(0, 2), resource, streamResource])
    const { factory, got } = recording()
    const after = new RunRouter([factory])
    const lost: string[] = []
    after.events.on('unattributed', ({ name }) => lost.push(name))
    after.restore(recordOf(before))
    feed(after, datums)
    expect(lost).toEqual([])
    expect(got.slice(4)).toEqual([
      ...['datum_page', 'datum_page', 'datum_page', 'stream_datum'].flatMap((name) => [
        name,
        `stream ${name}`,
      ]),
    ])
    // nothing of it is passed on behind its stop
    const { length } = got
    feed(after, [messages.at(-1)!, ...datums])
    expect(got.slice(length)).toEqual(['stop', 'stream stop'])
  })

  it('is known from a record of an earlier version', () => {
    const { resources, ...record } = recordOf(
      feed(new RunRouter(), [...messages.slice(0, 2), resource]),
    )
    expect(resources).toEqual(['r'])
    const after = new RunRouter()
    after.restore(record)
    const lost: string[] = []
    after.events.on('unattributed', ({ name }) => lost.push(name))
    feed(after, [...messages.slice(2, 3), datums[0]!])
    expect([after.openRuns[0]?.events, lost]).toEqual([{ primary: 1 }, ['datum']])
  })

  it('gives way, oldest first, where there are too many, with the event', () => {
    const router = new RunRouter([], { maxOpenRuns: 2 })
    const said: unknown[] = []
    router.events.on('abandoned', ({ uid }, why) => said.push([uid, why]))
    for (const uid of ['a', 'b', 'c', 'd']) {
      router.restore(recordOf(feed(new RunRouter(), documentsOf(uid).slice(0, 1))))
    }
    expect(said).toEqual([
      ['a', 'too-many'],
      ['b', 'too-many'],
    ])
    expect(router.openRuns.map(({ uid }) => uid)).toEqual(['c', 'd'])
  })
})

describe('a run that was given up', () => {
  it('is decided all the same, where its record is given back when it stops', async () => {
    const router = new RunRouter([], { maxOpenRuns: 1 })
    feed(router, messages.slice(0, 4))
    const { abandoned: _, ...record } = recordOf(router)
    const said: string[] = []
    router.events.on('decided', ({ run }) => said.push(`decided ${run.uid}`))
    router.events.on('duplicate', () => said.push('duplicate'))
    router.events.on('stop-without-start', ({ uid, stop }) => {
      said.push(`stop-without-start ${uid}`)
      queueMicrotask(() => {
        router.restore(record)
        router.dispatch({ name: 'stop', doc: stop! })
      })
    })
    feed(router, [documentsOf('next')[0]!, messages.at(-1)!])
    await new Promise((resolve) => router.events.once('decided', resolve))
    expect(said).toEqual(['stop-without-start a', 'decided a'])
    feed(router, messages.slice(-1))
    expect(said.at(-1)).toBe('duplicate')
  })
})

describe('the documents of a run that is not whole', () => {
  const action = defineAction({ name: 'note', run: () => Promise.resolve({ state: 'succeeded' }) })
  const entries: readonly Entry[] = [{ name: 'note', action, documents: 'if-kept' }]

  it('are not kept, be its start late or before a restart', async () => {
    const spool = new RecordingSpool()
    const router = new RunRouter([], { spool })
    router.setRules([{ name: 'all', when: {}, entries }])
    const jobs: unknown[] = []
    router.events.on('decided', (decision) => jobs.push(decision.jobs[0]?.documents))
    router.restore(recordOf(feed(new RunRouter(), messages.slice(0, 2))))
    feed(router, messages.slice(2))
    const [start, descriptor, ...rest] = documentsOf('late')
    feed(router, [descriptor!, start!, ...rest])
    await router.settled()
    expect([jobs, spool.written.size]).toEqual([[null, null], 0])
  })
})
