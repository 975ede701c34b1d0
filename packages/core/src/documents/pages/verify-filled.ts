import { UnfilledData } from '../../errors/event-model-errors.js'
import type { EventPage } from '../generated/index.js'
import { columnOf, dictOf, rowsOf } from './columns.js'

/**
 * Makes sure that an EventPage holds its data itself, and not only names what is in external files. Mirrors
 * `event_model.verify_filled`.
 *
 * @throws UnfilledData `unfilled` with the fields that are not filled; EventModelValueError `bad-document`
 *   if the page has no `filled`, by which that can be told.
 *
 * @example
 * ```ts
 * import { type EventPage, verifyFilled } from '@prompt-papermill/core'
 *
 * const page: EventPage = {
 *   uid: ['a'],
 *   descriptor: 'd',
 *   seq_num: [1],
 *   time: [0],
 *   data: { image: ['r/0'] },
 *   timestamps: { image: [0] },
 *   filled: { image: [false] },
 * }
 * try {
 *   verifyFilled(page)
 * } catch (error) {
 *   console.log(String(error)) // UnfilledData: data that is still in external files: image
 * }
 * ```
 */
export function verifyFilled(eventPage: EventPage): void {
  const unfilled = Object.entries(dictOf(eventPage, 'filled', 'event_page'))
    .filter(([field, filled]) => !rowsOf(columnOf(filled, `filled.${field}`)).every(Boolean))
    .map(([field]) => field)
  if (unfilled.length > 0) throw new UnfilledData(unfilled)
}
