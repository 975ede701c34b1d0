import { EventModelValueError } from '../../errors/event-model-errors.js'
import type { BulkDatum, BulkEvents, DatumPage, Event, EventPage } from '../generated/index.js'
import { asDict, columnOf, fieldOf, toColumns } from './columns.js'
import { packEvents } from './event-pages.js'

/**
 * Makes EventPages of a BulkEvents document, which event-model has deprecated: one for each descriptor
 * that its events name, in the order in which these appear. Mirrors
 * `event_model.bulk_events_to_event_pages`.
 *
 * @throws EventModelValueError `bad-document` if it can't be read as one, or if events of one descriptor
 *   have different keys. (Python's raises `KeyError`, or makes lists of different lengths.)
 *
 * @example
 * ```ts
 * import { bulkEventsToEventPages } from '@prompt-papermill/core'
 *
 * const event = { uid: 'e', descriptor: 'd', seq_num: 1, time: 0, data: { det: 1 }, timestamps: { det: 0 } }
 * console.log(bulkEventsToEventPages({ d: [event] })[0]?.seq_num) // [ 1 ]
 * ```
 */
export function bulkEventsToEventPages(bulkEvents: BulkEvents): EventPage[] {
  const byDescriptor = new Map<unknown, Event[]>()
  for (const [key, events] of Object.entries(bulkEvents)) {
    if (!Array.isArray(events)) {
      throw new EventModelValueError(`bulk_events: ${JSON.stringify(key)} must be an array`)
    }
    for (const event of events as Event[]) {
      const descriptor = fieldOf(event, 'descriptor', 'bulk_events')
      const known = byDescriptor.get(descriptor)
      if (known) known.push(event)
      else byDescriptor.set(descriptor, [event])
    }
  }
  return [...byDescriptor.values()].map(packEvents)
}

/**
 * Makes the DatumPage of a BulkDatum document, which event-model has deprecated. Mirrors
 * `event_model.bulk_datum_to_datum_page`.
 *
 * @throws EventModelValueError `bad-document` if it can't be read as one, or if its `datum_kwarg_list` has
 *   entries with different keys. (Python's makes lists of different lengths.)
 *
 * @example
 * ```ts
 * import { bulkDatumToDatumPage } from '@prompt-papermill/core'
 *
 * const page = bulkDatumToDatumPage({
 *   resource: 'r',
 *   datum_ids: ['r/0', 'r/1'],
 *   datum_kwarg_list: [{ point: 0 }, { point: 1 }],
 * })
 * console.log(page.datum_kwargs) // { point: [ 0, 1 ] }
 * ```
 */
export function bulkDatumToDatumPage(bulkDatum: BulkDatum): DatumPage {
  const rows = fieldOf(bulkDatum, 'datum_kwarg_list', 'bulk_datum')
  if (!Array.isArray(rows)) {
    throw new EventModelValueError('bulk_datum: datum_kwarg_list must be an array')
  }
  return {
    datum_id: columnOf(fieldOf(bulkDatum, 'datum_ids', 'bulk_datum'), 'bulk_datum.datum_ids'),
    resource: fieldOf(bulkDatum, 'resource', 'bulk_datum'),
    datum_kwargs: toColumns(
      rows.map((row) => asDict(row, 'bulk_datum: datum_kwarg_list')),
      "the BulkDatum's datum_kwarg_list",
    ),
  } as DatumPage
}
