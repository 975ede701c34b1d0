import type { DatumPage, EventPage } from '../generated/index.js'
import { datumPageLayout, eventPageLayout, mergePages } from './page-layout.js'

/**
 * Puts EventPages of one descriptor together; a single one is given back as it is. Mirrors
 * `event_model.merge_event_pages`.
 *
 * @throws EventModelValueError `bad-document` if there is none, or if they are of several descriptors or
 *   have different keys. (Python's takes the first one's, and leaves out what the others have besides.)
 *
 * @example
 * ```ts
 * import { type EventPage, mergeEventPages } from '@prompt-papermill/core'
 *
 * const page = (seq: number): EventPage => ({
 *   uid: [`e${seq}`],
 *   descriptor: 'd',
 *   seq_num: [seq],
 *   time: [seq],
 *   data: { det: [seq / 2] },
 *   timestamps: { det: [seq] },
 * })
 * console.log(mergeEventPages([page(1), page(2)]).data) // { det: [ 0.5, 1 ] }
 * ```
 */
export function mergeEventPages(eventPages: Iterable<EventPage>): EventPage {
  return mergePages(eventPageLayout, [...eventPages]) as EventPage
}

/**
 * Puts DatumPages of one resource together; a single one is given back as it is. Mirrors
 * `event_model.merge_datum_pages`.
 *
 * @throws EventModelValueError `bad-document` as {@link mergeEventPages}.
 *
 * @example
 * ```ts
 * import { mergeDatumPages } from '@prompt-papermill/core'
 *
 * const merged = mergeDatumPages([
 *   { datum_id: ['r/0'], resource: 'r', datum_kwargs: { point: [0] } },
 *   { datum_id: ['r/1'], resource: 'r', datum_kwargs: { point: [1] } },
 * ])
 * console.log(merged.datum_id) // [ 'r/0', 'r/1' ]
 * ```
 */
export function mergeDatumPages(datumPages: Iterable<DatumPage>): DatumPage {
  return mergePages(datumPageLayout, [...datumPages]) as DatumPage
}
