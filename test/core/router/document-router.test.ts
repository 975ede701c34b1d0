import { describe, expect, expectTypeOf, it } from 'vitest'

import {
  composeRun,
  type Datum,
  type DocumentArguments,
  type DocumentMessage,
  DocumentRouter,
  type Event,
  type EventDescriptor,
  EventModelValidationError,
  EventModelValueError,
  notImplemented,
  type RunStart,
  type RunStop,
  SingleRunDocumentRouter,
} from '../../../packages/core/src/documents.js'

const data_keys = { det: { source: 'SIM:det', dtype: 'number', shape: [] as number[] } } as const

/** A run with a stream of two events. */
function makeRun(name?: string) {
  const run = composeRun({ metadata: { sample: { thickness: 12.5 } } })
  const { descriptor, composeEvent } = run.composeDescriptor({ name: name ?? 'primary', data_keys })
  const events = [1, 2].map((i) => composeEvent({ data: { det: i }, timestamps: { det: i } }))
  return { run, descriptor, events: events as [Event, Event] }
}

class Collector extends DocumentRouter {
  readonly seen: unknown[] = []

  override event(doc: Event): void {
    this.seen.push(doc.seq_num)
  }

  override datum(doc: Datum): void {
    this.seen.push(doc.datum_id)
  }
}

describe('a DocumentRouter', () => {
  it('hands bulk documents to a subclass that takes events and datums, where Python loses them', () => {
    const { descriptor, events } = makeRun()
    const router = new Collector()
    const bulk: DocumentMessage = { name: 'bulk_events', doc: { [descriptor.uid]: events } }
    expect(router.dispatch(bulk)).toEqual(bulk)
    const doc = { resource: 'r', datum_ids: ['r/0', 'r/1'], datum_kwarg_list: [{}, {}] }
    router.dispatch({ name: 'bulk_datum', doc })
    expect(router.seen).toEqual([1, 2, 'r/0', 'r/1'])
  })

  it('passes pages without events on, on which Python fails', () => {
    const empty = { uid: [], time: [], seq_num: [], data: { det: [] }, timestamps: { det: [] } }
    const doc = { ...empty, descriptor: 'd' }
    const router = new Collector()
    expect(router.dispatch({ name: 'event_page', doc }).doc).toBe(doc)
    const datums = { datum_id: [], resource: 'r', datum_kwargs: {} }
    expect(router.dispatch({ name: 'datum_page', doc: datums }).doc).toBe(datums)
    expect(router.seen).toEqual([])
  })

  it('checks what comes out, if asked to', () => {
    class Breaking extends DocumentRouter {
      override stop(doc: RunStop): RunStop {
        return { ...doc, time: 'noon' as never }
      }
    }
    const { run } = makeRun()
    const stop: DocumentMessage = { name: 'stop', doc: run.composeStop() }
    expect(new Breaking().dispatch(stop).doc).toMatchObject({ time: 'noon' })
    expect(() => new Breaking().dispatch(stop, { validate: true })).toThrow(
      EventModelValidationError,
    )
    // Python checks the None that a method without a return gives, and fails
    const start: DocumentMessage = { name: 'start', doc: run.start }
    const event: DocumentMessage = { name: 'event', doc: makeRun().events[0] }
    expect(new Collector().dispatch(start, { validate: true })).toEqual(start)
    expect(new Collector().dispatch(event, { validate: true })).toEqual(event)
  })

  it('emits where it was told to, if it was', () => {
    const emitted: unknown[] = []
    class Forwarding extends DocumentRouter {
      override start(doc: RunStart): void {
        this.emit('start', { ...doc, scan_id: 7 })
      }
    }
    const { run } = makeRun()
    new Forwarding({ emit: (name, doc) => emitted.push([name, doc]) }).dispatch({
      ...{ name: 'start', doc: run.start },
    })
    expect(emitted).toEqual([['start', { ...run.start, scan_id: 7 }]])
    expect(new Forwarding().dispatch({ name: 'start', doc: run.start }).doc).toBe(run.start)
    expect(() => new Forwarding({ emit: 'somewhere' as never })).toThrow('emit must be a function')
  })

  it('refuses a name that no document has, and does not call the method of that name', () => {
    const message = { name: 'emit', doc: {} } as unknown as DocumentMessage
    expect(() => new DocumentRouter().dispatch(message)).toThrow(EventModelValueError)
  })

  it('has methods of the kinds of documents, so that a misspelt one is an error', () => {
    class Typed extends DocumentRouter<{ sample: { thickness: number } }> {
      override start(doc: RunStart<{ sample: { thickness: number } }>): typeof notImplemented {
        expectTypeOf(doc.sample.thickness).toEqualTypeOf<number>()
        return notImplemented
      }

      // @ts-expect-error no document has this name
      override evnet(doc: Event): void {
        expectTypeOf(doc).toEqualTypeOf<Event>()
      }

      // @ts-expect-error an event is no descriptor
      override descriptor(doc: Event): void {
        expectTypeOf(doc).toEqualTypeOf<Event>()
      }
    }
    const router = new Typed({
      emit: (...[name, doc]: DocumentArguments) => {
        if (name === 'stop') expectTypeOf(doc).toEqualTypeOf<RunStop>()
      },
    })
    const { run } = makeRun()
    expect(router.dispatch({ name: 'start', doc: run.start }).doc).toBe(run.start)
    // @ts-expect-error a start is no stop
    expect(() => router.emit('stop', run.start)).not.toThrow()
  })
})

describe('a SingleRunDocumentRouter', () => {
  it('knows its run', () => {
    const { run, descriptor, events } = makeRun()
    const router = new SingleRunDocumentRouter<{ sample: { thickness: number } }>()
    router.dispatch({ name: 'start', doc: run.start })
    router.dispatch({ name: 'descriptor', doc: descriptor })
    expect(router.getStart().sample.thickness).toBe(12.5)
    expect(router.getDescriptor(events[0])).toBe(descriptor)
    expect(router.getStreamName(events[1])).toBe('primary')
  })

  it('takes a stream without a name for primary, where Python says None', () => {
    const { run, descriptor, events } = makeRun()
    const nameless: EventDescriptor = { ...descriptor }
    delete nameless.name
    const router = new SingleRunDocumentRouter()
    router.dispatch({ name: 'start', doc: run.start })
    router.dispatch({ name: 'descriptor', doc: nameless })
    expect(router.getStreamName(events[0])).toBe('primary')
  })

  it('says what has not come yet', () => {
    const { run, descriptor, events } = makeRun()
    const router = new SingleRunDocumentRouter()
    const missing = expect.objectContaining({ code: 'missing-document' }) as Error
    expect(() => router.getStart()).toThrow(missing)
    expect(() => router.dispatch({ name: 'descriptor', doc: descriptor })).toThrow(missing)
    router.dispatch({ name: 'start', doc: run.start })
    expect(() => router.getDescriptor(events[0])).toThrow(missing)
    expect(() => router.getStreamName({})).toThrow('the document names no descriptor')
  })

  it('refuses the documents of a second run', () => {
    const [one, other] = [makeRun(), makeRun()]
    const router = new SingleRunDocumentRouter()
    router.dispatch({ name: 'start', doc: one.run.start })
    expect(() => router.dispatch({ name: 'start', doc: other.run.start })).toThrow(
      `a second Run Start, ${other.run.start.uid}`,
    )
    expect(() => router.dispatch({ name: 'descriptor', doc: other.descriptor })).toThrow(
      EventModelValueError,
    )
    expect(router.getStart()).toBe(one.run.start)
  })
})
