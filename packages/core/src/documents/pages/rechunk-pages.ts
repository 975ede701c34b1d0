import type { DatumPage, EventPage } from '../generated/index.js'
import { datumPageLayout, eventPageLayout, rechunkPages } from './page-layout.js'

/**
 * Cuts EventPages of one descriptor anew, into pages of `chunkSize` events; the last one has what is left.
 * Mirrors `event_model.rechunk_event_pages`, and takes pages without `filled` too.
 *
 * @param chunkSize - events a page, at least 1
 * @throws BlueskyError `bad-option` for another `chunkSize`; EventModelValueError `bad-document` as
 *   `mergeEventPages`.
 *
 * @example
 * ```ts
 * import { type EventPage, rechunkEventPages } from '@prompt-papermill/core'
 *
 * const page: EventPage = {
 *   uid: ['a', 'b', 'c'],
 *   descriptor: 'd',
 *   seq_num: [1, 2, 3],
 *   time: [0, 1, 2],
 *   data: { det: [1.5, 2.5, 3.5] },
 *   timestamps: { det: [0, 1, 2] },
 * }
 * for (const { seq_num } of rechunkEventPages([page], 2)) console.log(seq_num)
 * // [ 1, 2 ]
 * // [ 3 ]
 * ```
 */
export function rechunkEventPages(
  eventPages: Iterable<EventPage>,
  chunkSize: number,
): Generator<EventPage, void, undefined> {
  return rechunkPages(eventPageLayout, eventPages, chunkSize) as Generator<
    EventPage,
    void,
    undefined
  >
}

/**
 * Cuts DatumPages of one resource anew, into pages of `chunkSize` datums; the last one has what is left.
 * Mirrors `event_model.rechunk_datum_pages`.
 *
 * @param chunkSize - datums a page, at least 1
 * @throws BlueskyError `bad-option` for another `chunkSize`; EventModelValueError `bad-document` as
 *   `mergeDatumPages`.
 *
 * @example
 * ```ts
 * import { rechunkDatumPages } from '@prompt-papermill/core'
 *
 * const page = { datum_id: ['r/0', 'r/1'], resource: 'r', datum_kwargs: { point: [0, 1] } }
 * for (const { datum_id } of rechunkDatumPages([page], 1)) console.log(datum_id)
 * // [ 'r/0' ]
 * // [ 'r/1' ]
 * ```
 */
export function rechunkDatumPages(
  datumPages: Iterable<DatumPage>,
  chunkSize: number,
): Generator<DatumPage, void, undefined> {
  return rechunkPages(datumPageLayout, datumPages, chunkSize) as Generator<
    DatumPage,
    void,
    undefined
  >
}
