import { describe, expect, it } from 'vitest'

import {
  BlueskyError,
  bulkDatumToDatumPage,
  bulkEventsToEventPages,
  type DatumPage,
  type Event,
  type EventPage,
  EventModelValueError,
  mergeDatumPages,
  mergeEventPages,
  packDatumPage,
  packEventPage,
  PyDateTime,
  rechunkEventPages,
  sanitizeDoc,
  unpackDatumPage,
  unpackEventPage,
  verifyFilled,
} from '../../../packages/core/src/documents.js'

const event: Event = {
  ...{ uid: 'a', time: 0, descriptor: 'd', seq_num: 1 },
  ...{ data: { det: 1 }, timestamps: { det: 0 } },
}
const page = (descriptor: string, key: string): EventPage => ({
  ...{ uid: ['a'], time: [0], descriptor, seq_num: [1] },
  ...{ data: { [key]: [1] }, timestamps: { [key]: [0] } },
})
const datum = { datum_id: 'r/0', resource: 'r', datum_kwargs: { point: 0 } }
const datumPage: DatumPage = { datum_id: ['r/0'], resource: 'r', datum_kwargs: { point: [0] } }

/** What Python takes and mixes up, or fails on by chance. */
const refused: readonly (readonly [what: string, call: () => unknown, why: string])[] = [
  ['no events', () => packEventPage(), 'needs at least one Event'],
  [
    'events of two descriptors',
    () => packEventPage(event, { ...event, descriptor: 'e' }),
    'of one descriptor',
  ],
  [
    'events with different keys',
    () => packEventPage(event, { ...event, data: { det: 1, more: 2 } }),
    '"more" is in some of them only',
  ],
  ['an event without a time', () => packEventPage(without(event, 'time')), 'time is missing'],
  [
    'an event whose data is no dict',
    () => packEventPage({ ...event, data: new Map([[1, 2]]) as never }),
    'data must be an object whose keys are strings',
  ],
  ['no datums', () => packDatumPage(), 'needs at least one Datum'],
  [
    'datums of two resources',
    () => packDatumPage(datum, { ...datum, resource: 's' }),
    'of one resource',
  ],
  [
    'datums with different keys',
    () => packDatumPage(datum, { ...datum, datum_kwargs: {} }),
    '"point" is in some of them only',
  ],
  [
    'a page with fewer times than uids',
    () => [...unpackEventPage({ ...page('d', 'det'), time: [] })],
    'different lengths',
  ],
  [
    'a page with more data than uids',
    () => [...unpackEventPage({ ...page('d', 'det'), data: { det: [1, 2] } })],
    'different lengths',
  ],
  [
    'a page whose column is no list',
    () => [...unpackEventPage({ ...page('d', 'det'), data: { det: 'ab' as never } })],
    'event_page.data.det must be an array',
  ],
  [
    'a datum page with more kwargs than ids',
    () => [...unpackDatumPage({ ...datumPage, datum_id: [] })],
    'more datum_kwargs than datum_ids',
  ],
  ['no pages to merge', () => mergeEventPages([]), 'no event_page to merge'],
  [
    'pages of two descriptors',
    () => mergeEventPages([page('d', 'det'), page('e', 'det')]),
    'of one descriptor',
  ],
  [
    'pages with different keys',
    () => mergeEventPages([page('d', 'det'), page('d', 'motor')]),
    'different keys',
  ],
  [
    'datum pages of two resources',
    () => mergeDatumPages([datumPage, { ...datumPage, resource: 's' }]),
    'of one resource',
  ],
  [
    'bulk events with different keys',
    () => bulkEventsToEventPages({ d: [event, { ...event, data: {} }] }),
    '"det" is in some of them only',
  ],
  ['bulk events that are no list', () => bulkEventsToEventPages({ d: 3 as never }), '"d" must be'],
  [
    'bulk events that are no events',
    () => bulkEventsToEventPages({ d: [null as never] }),
    'bulk_events must be an object',
  ],
  [
    'bulk datums that are no dicts',
    () =>
      bulkDatumToDatumPage({ resource: 'r', datum_ids: ['a'], datum_kwarg_list: [null as never] }),
    'datum_kwarg_list must be an object',
  ],
  ['a page that can not tell', () => verifyFilled(page('d', 'det')), 'filled is missing'],
]

function without<T extends object>(doc: T, key: keyof T): T {
  const copy = { ...doc }
  Reflect.deleteProperty(copy, key)
  return copy
}

describe('the functions on pages', () => {
  it.each(refused)('refuse %s', (_, call, why) => {
    expect(call).toThrow(EventModelValueError)
    expect(call).toThrow(why)
  })

  it('take pages without filled, which the schema allows and rechunk_event_pages does not', () => {
    const pages = [page('d', 'det'), page('d', 'det'), page('d', 'det')]
    const chunks = [...rechunkEventPages(pages, 2)]
    expect(chunks.map(({ uid }) => uid.length)).toEqual([2, 1])
    expect(chunks[0]).toMatchObject({ data: { det: [1, 1] }, filled: {} })
  })

  it.each([0, -1, 1.5, NaN])('refuse chunks of %s', (size) => {
    const chunks = () => [...rechunkEventPages([page('d', 'det')], size)]
    expect(chunks).toThrow(BlueskyError)
    expect(chunks).toThrow('chunkSize must be a whole number above 0')
  })

  it('pack more events than a call can take arguments, from bulk events', () => {
    const events = Array.from({ length: 300_000 }, (_, i) => ({ ...event, seq_num: i + 1 }))
    const [packed] = bulkEventsToEventPages({ d: events })
    expect(packed?.seq_num.at(-1)).toBe(300_000)
  })

  it('name all fields that are not filled', () => {
    const filled = { a: [true, false], b: ['id', 'id'], c: [false, false] }
    expect(() => verifyFilled({ ...page('d', 'a'), filled })).toThrow(
      expect.objectContaining({ name: 'UnfilledData', fields: ['a', 'c'] }),
    )
  })

  it('leave a document alone that they sanitize, and write dates, which sanitize_doc refuses', () => {
    const date = new PyDateTime({ kind: 'date', year: 2026, month: 11, day: 22 })
    const doc = { uid: 'a', nested: { date }, keys: new Map([[1, 2]]) }
    expect(sanitizeDoc(doc)).toEqual({ uid: 'a', nested: { date: '2026-11-22' }, keys: { 1: 2 } })
    expect(doc.nested.date).toBe(date)
  })

  it('refuse to sanitize what has no plain form, and say where', () => {
    const bytes = { data: { raw: new Uint8Array(2) } }
    expect(() => sanitizeDoc(bytes)).toThrow('$.data.raw')
  })
})
