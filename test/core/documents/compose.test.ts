import { describe, expect, expectTypeOf, it } from 'vitest'

import {
  composeEvent,
  composeResource,
  composeRun,
  composeStop,
  composeStreamDatum,
  EventModelError,
  EventModelValidationError,
  EventModelValueError,
  NDArray,
  type RunStart,
  validateDocument,
} from '../../../packages/core/src/documents.js'

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const det = { source: 'SIM:det', dtype: 'number', shape: [] as number[] } as const
const stream = { name: 'primary', data_keys: { det } }

describe('composeRun', () => {
  it('makes up uids and times that nobody gave', () => {
    const before = Date.now() / 1000
    const { start, composeDescriptor, composeResource, composeStop } = composeRun()
    const { descriptor, composeEvent, composeEventPage } = composeDescriptor(stream)
    const event = composeEvent({ data: { det: 1 }, timestamps: { det: 1 } })
    const page = composeEventPage({ data: { det: [1, 2] }, timestamps: { det: [1, 2] } })
    const paths = { spec: 'A', root: '/', resource_path: 'a', resource_kwargs: {} }
    const stop = composeStop()
    for (const doc of [start, descriptor, event, stop]) {
      expect(doc.uid).toMatch(uuid4)
      expect(doc.time).toBeGreaterThanOrEqual(before)
      expect(doc.time).toBeLessThanOrEqual(Date.now() / 1000)
    }
    expect(page.uid.every((uid) => uuid4.test(uid))).toBe(true)
    expect(new Set(page.uid).size).toBe(2)
    expect(page.seq_num).toEqual([2, 3])
    expect(composeResource(paths).resource).toMatchObject({ path_semantics: 'posix' })
    expect(stop.num_events).toEqual({ primary: 3 })
  })

  it('lets the counters be looked at, and shares them', () => {
    const eventCounters = new Map<string, number>()
    const { composeDescriptor } = composeRun({ eventCounters })
    const { composeEvent } = composeDescriptor(stream)
    expect(eventCounters).toEqual(new Map([['primary', 1]]))
    composeEvent({ data: { det: 1 }, timestamps: { det: 1 } })
    expect(eventCounters).toEqual(new Map([['primary', 2]]))
  })

  it('refuses metadata that would take the place of uid or time', () => {
    const metadata = { time: 3 }
    expect(() => composeRun({ metadata })).toThrow('give uid and time beside metadata')
  })

  it('takes a stream of any name', () => {
    const { composeDescriptor, composeStop } = composeRun()
    composeDescriptor({ ...stream, name: '__proto__' })
    expect(Object.entries(composeStop().num_events ?? {})).toEqual([['__proto__', 0]])
  })

  it('says what of the schema is not met, and where', () => {
    const wrong = () => composeRun({ metadata: { scan_id: 'twelve', 'a.b': 1 } })
    expect(wrong).toThrow(EventModelValidationError)
    expect(wrong).toThrow('the start document breaks event-model')
    expect(wrong).toThrow('$.scan_id must be integer')
    expect(() => composeRun({ metadata: { scan_id: 'twelve' }, validate: false })).not.toThrow()
  })

  it('gives the Run Start the types of its metadata', () => {
    const { start } = composeRun({ metadata: { sample: { thickness: 12.5 } } })
    expectTypeOf(start).toEqualTypeOf<RunStart<{ sample: { thickness: number } }>>()
    expect(start.sample.thickness).toBe(12.5)
    // @ts-expect-error a misspelt field of the metadata is an error
    const misspelt: unknown = start.sample.thicknes
    expect(misspelt).toBeUndefined()
    // @ts-expect-error an exit status that there is not
    expect(() => composeRun().composeStop({ exit_status: 'sucess' })).toThrow('exit_status')
  })
})

describe('the compose functions of a run', () => {
  it('take arrays for the columns of a page', () => {
    const { composeEventPage } = composeRun().composeDescriptor(stream)
    const column = new NDArray('<f8', [2], Float64Array.of(1.5, 2.5))
    const page = composeEventPage({ data: { det: column }, timestamps: { det: [1, 2] } })
    expect(page.seq_num).toEqual([1, 2])
    expect(validateDocument('event_page', page)).toEqual({ valid: true })
  })

  it('name the keys that are missing or too many', () => {
    const { composeEvent } = composeRun().composeDescriptor(stream)
    const data = { dt: 1 }
    const timestamps = { det: 1 }
    expect(() => composeEvent({ data, timestamps })).toThrow('data lacks det; data has dt too')
    const filled = { image: false }
    expect(() => composeEvent({ data: { det: 1 }, timestamps, filled })).toThrow('image too')
  })

  it('refuse a page whose length nothing tells', () => {
    const { composeEventPage } = composeRun().composeDescriptor({ name: 'empty', data_keys: {} })
    expect(() => composeEventPage({ data: {}, timestamps: {} })).toThrow(EventModelValueError)
    expect(composeEventPage({ data: {}, timestamps: {}, seq_num: [4] }).uid).toHaveLength(1)
  })

  it('refuse a second stop, and say so by its code', () => {
    const { composeStop } = composeRun()
    composeStop()
    expect(() => composeStop()).toThrow(EventModelError)
    expect(() => composeStop()).toThrow(expect.objectContaining({ code: 'closed' }))
  })

  it('can be had one by one, given what they share', () => {
    const { start } = composeRun()
    const { descriptor } = composeRun().composeDescriptor(stream)
    const eventCounters = new Map([['primary', 5]])
    const readings = { data: { det: 1 }, timestamps: { det: 1 } }
    expect(composeEvent({ descriptor, eventCounters, ...readings }).seq_num).toBe(5)
    const uncounted = () => composeEvent({ descriptor, eventCounters: new Map(), ...readings })
    expect(uncounted).toThrow('eventCounters has no stream "primary"')
    expect(composeStop({ start, eventCounters, poisonPill: [] }).num_events).toEqual({ primary: 5 })
    const { resource } = composeResource({
      ...{ spec: 'A', root: '/', resource_path: 'a', resource_kwargs: {} },
    })
    expect(resource).not.toHaveProperty('run_start')
  })

  it('keep indices and seq_nums apart, which compose_stream_datum mistakes for each other', () => {
    const streamResource = {
      uid: 'r',
      data_key: 'camera',
      mimetype: 'a/b',
      uri: 'file:',
      parameters: {},
    }
    const [indices, seq_nums] = [
      { start: 0, stop: 2 },
      { start: 1, stop: 3 },
    ]
    const counter = [7].values()
    expect(composeStreamDatum({ streamResource, counter, indices, seq_nums })).toEqual({
      ...{ uid: 'r/7', stream_resource: 'r', descriptor: '', indices, seq_nums },
    })
  })
})
