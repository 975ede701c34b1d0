import { describe, expect, expectTypeOf, it } from 'vitest'

import {
  composeResource,
  composeRun,
  type DocumentArguments,
  type DocumentCallback,
  type DocumentMessage,
  DocumentRouter,
  type Event,
  type RunFactory,
  RunRouter,
  type RunStart,
} from '../../../packages/core/src/documents.js'
import { collectGarbage } from '../../support/garbage.js'

const data_keys = { det: { source: 'SIM:det', dtype: 'number', shape: [] as number[] } } as const
const paths = { spec: 'A', root: '/', resource_path: 'a', resource_kwargs: {} }

/** A run with one stream: its documents by name. */
function makeRun() {
  const run = composeRun()
  const { descriptor, composeEvent } = run.composeDescriptor({ name: 'primary', data_keys })
  const doc = composeEvent({ data: { det: 1 }, timestamps: { det: 1 } })
  return {
    run,
    start: { name: 'start', doc: run.start },
    descriptor: { name: 'descriptor', doc: descriptor },
    event: { name: 'event', doc },
    stop: { name: 'stop', doc: run.composeStop() },
  } as const
}

/** A router with one callback for each run, and what that was called with. */
function recording(maxOpenRuns = 10) {
  const names: string[] = []
  const errors: { error: unknown; name: string }[] = []
  const callback: DocumentCallback = (name) => names.push(name)
  const router = new RunRouter([() => [[callback], []]], { maxOpenRuns })
  router.events.on('callback-error', (error, { name }) => errors.push({ error, name }))
  return { router, names, errors }
}

function dispatchAll(router: RunRouter, ...messages: readonly DocumentMessage[]): void {
  for (const message of messages) router.dispatch(message)
}

describe("RunRouter's factories", () => {
  it('go on for the others when one of them, a subfactory or a callback throws', () => {
    const names: string[] = []
    const boom = (): never => {
      throw new Error('boom')
    }
    const good: DocumentCallback = (name) => names.push(name)
    const factories: RunFactory[] = [
      boom,
      () => [
        [boom, good],
        [boom, () => [good]],
      ],
      () => [[good], []],
    ]
    const router = new RunRouter(factories)
    const failed: string[] = []
    router.events.on('callback-error', (_, { name }) => failed.push(name))
    const { start, descriptor, event, stop } = makeRun()
    dispatchAll(router, start, descriptor, event, stop)
    expect(names).toEqual([
      ...['start', 'start'],
      ...['descriptor', 'descriptor', 'start', 'descriptor'],
      ...['event_page', 'event_page', 'event_page'],
      ...['stop', 'stop', 'stop'],
    ])
    // told as published: Python's own page is nobody's document
    expect(failed).toEqual(['start', 'start', 'descriptor', 'descriptor', 'event', 'stop'])
  })

  it('hear nothing of a run that was joined in the middle, on which Python fails', () => {
    const { router, names, errors } = recording()
    const { start, descriptor, event, stop } = makeRun()
    dispatchAll(router, descriptor, event)
    expect(names).toEqual([])
    // callbacks that never saw the descriptor could make nothing of the event
    dispatchAll(router, start, event, stop)
    expect(names).toEqual(['start', 'stop'])
    expect(errors).toEqual([])
  })

  it('are asked once for a run that starts twice, at which Python raises', () => {
    const { router, names, errors } = recording()
    const { start, stop } = makeRun()
    dispatchAll(router, start, start, stop, stop)
    expect(names).toEqual(['start', 'stop'])
    expect(errors).toEqual([])
  })

  it('get events once though their descriptor came twice, where Python doubles them', () => {
    const { router, names } = recording()
    const { start, descriptor, event } = makeRun()
    dispatchAll(router, start, descriptor, descriptor, event)
    expect(names).toEqual(['start', 'descriptor', 'event_page'])
  })

  it('get pages as they were published, without events too', () => {
    const seen: unknown[] = []
    const router = new RunRouter([() => [[(_, doc) => seen.push(doc)], []]])
    const { start, descriptor } = makeRun()
    const empty = { uid: [], time: [], seq_num: [], data: { det: [] }, timestamps: { det: [] } }
    const doc = { ...empty, descriptor: descriptor.doc.uid }
    dispatchAll(router, start, descriptor, { name: 'event_page', doc })
    expect(seen[2]).toBe(doc)
  })

  it('hear of an event that can not be made a page of as a callback-error', () => {
    const { router, names, errors } = recording()
    const { start, descriptor, event, stop } = makeRun()
    const broken = { ...event.doc, uid: 'broken', data: [1] } as unknown as Event
    dispatchAll(router, start, descriptor, { name: 'event', doc: broken }, event, stop)
    expect(names).toEqual(['start', 'descriptor', 'event_page', 'stop'])
    expect(errors).toMatchObject([{ name: 'event', error: { name: 'EventModelValueError' } }])
  })

  it('get the assets of no run while it is open, and of a run that has stopped no more', () => {
    const { router, names } = recording()
    const [one, other] = [makeRun(), makeRun()]
    const { resource, composeDatum } = one.run.composeResource(paths)
    const datum = (): DocumentMessage => ({
      name: 'datum',
      doc: composeDatum({ datum_kwargs: {} }),
    })
    dispatchAll(router, one.start, { name: 'resource', doc: resource }, datum(), one.stop)
    dispatchAll(router, other.start, datum())
    expect(names).toEqual(['start', 'resource', 'datum_page', 'stop', 'start'])
    const unlabeled = composeResource(paths)
    const doc = unlabeled.composeDatum({ datum_kwargs: {} })
    dispatchAll(router, { name: 'resource', doc: unlabeled.resource }, { name: 'datum', doc })
    expect(names.slice(5)).toEqual(['resource', 'datum_page'])
  })

  it('take routers for callbacks, which get what they want', () => {
    class Events extends DocumentRouter {
      readonly seen: number[] = []
      override event(doc: Event): void {
        this.seen.push(doc.seq_num)
      }
    }
    const events = new Events()
    const router = new RunRouter([() => [[events], []]])
    const { start, descriptor, event } = makeRun()
    const doc = { [descriptor.doc.uid]: [event.doc, { ...event.doc, seq_num: 2 }] }
    const anew = { ...event.doc, uid: 'taken anew' }
    dispatchAll(router, start, descriptor, { name: 'event', doc: anew })
    dispatchAll(router, { name: 'bulk_events', doc })
    expect(events.seen).toEqual([1, 1, 2])
  })

  it('are of types that narrow by name', () => {
    const factory: RunFactory = (name, doc) => {
      expectTypeOf(name).toEqualTypeOf<'start'>()
      expectTypeOf(doc).toEqualTypeOf<RunStart>()
      const callback: DocumentCallback = (...[kind, other]: DocumentArguments) => {
        if (kind === 'event_page') expectTypeOf(other.seq_num).toEqualTypeOf<number[]>()
      }
      // @ts-expect-error no document has this name
      const misspelt: DocumentCallback = (kind) => kind === 'evnet'
      return [[callback, misspelt], []]
    }
    expect(() => new RunRouter([factory])).not.toThrow()
  })
})

describe('what a RunRouter keeps', () => {
  /** Callbacks made for runs that go through a router, as weak references. */
  function callbacksOf(router: (factory: RunFactory) => void): WeakRef<object>[] {
    const made: WeakRef<object>[] = []
    const make = (): DocumentCallback => {
      const callback: DocumentCallback = () => undefined
      made.push(new WeakRef(callback))
      return callback
    }
    router(() => [[make()], [() => [make()]]])
    return made
  }

  async function alive(made: readonly WeakRef<object>[]): Promise<number> {
    await collectGarbage()
    return made.filter((reference) => reference.deref() !== undefined).length
  }

  it('is nothing of a run that has stopped', async () => {
    let router: RunRouter | undefined
    const made = callbacksOf((factory) => {
      router = new RunRouter([factory])
      const { run, start, descriptor, event, stop } = makeRun()
      const { streamResource } = run.composeStreamResource({
        ...{ mimetype: 'a/b', uri: 'file:', data_key: 'det', parameters: {} },
      })
      const { resource } = run.composeResource(paths)
      dispatchAll(router, start, descriptor, event, { name: 'resource', doc: resource })
      dispatchAll(router, { name: 'stream_resource', doc: streamResource }, stop)
    })
    expect(made).toHaveLength(2)
    expect(await alive(made)).toBe(0)
    expect(router?.openRuns).toEqual([])
  })

  it('is nothing of a run that never stops, once others have taken its place', async () => {
    let router: RunRouter | undefined
    const made = callbacksOf((factory) => {
      router = new RunRouter([factory], { maxOpenRuns: 3 })
      for (let i = 0; i < 10; i += 1) {
        const { start, descriptor, event } = makeRun()
        dispatchAll(router, start, descriptor, event)
      }
    })
    expect(made).toHaveLength(20)
    expect(await alive(made)).toBe(6)
    expect(router?.openRuns).toHaveLength(3)
  })
})
