import { EventModelValueError } from '../../errors/event-model-errors.js'
import type { Event, EventPage } from '../generated/index.js'
import { columnOf, type Dict, dictOf, fieldOf, rowsOf, toColumns, toRows } from './columns.js'

/**
 * Makes one EventPage of Events. Mirrors `event_model.pack_event_page`.
 *
 * @param events - at least one, all of one descriptor and with the same keys
 * @throws EventModelValueError `bad-document` if there is none, if they are of several descriptors, or if
 *   one has a key that another has not. (Python's takes the last descriptor, and makes lists of different
 *   lengths.)
 *
 * @example
 * ```ts
 * import { composeRun, packEventPage } from '@prompt-papermill/core'
 *
 * const { composeDescriptor } = composeRun()
 * const { composeEvent } = composeDescriptor({
 *   name: 'primary',
 *   data_keys: { det: { source: 'SIM:det', dtype: 'number', shape: [] } },
 * })
 * const page = packEventPage(
 *   composeEvent({ data: { det: 1.5 }, timestamps: { det: 0 } }),
 *   composeEvent({ data: { det: 2.5 }, timestamps: { det: 1 } }),
 * )
 * console.log(page.seq_num, page.data) // [ 1, 2 ] { det: [ 1.5, 2.5 ] }
 * ```
 */
export function packEventPage(...events: readonly Event[]): EventPage {
  return packEvents(events)
}

/** {@link packEventPage} for more events than a call takes arguments. */
export function packEvents(events: readonly Event[]): EventPage {
  const [first] = events
  if (first === undefined) {
    throw new EventModelValueError('an EventPage needs at least one Event: it names its descriptor')
  }
  const descriptor = fieldOf(first, 'descriptor', 'event')
  if (events.some((event) => event.descriptor !== descriptor)) {
    throw new EventModelValueError('the Events of an EventPage must be of one descriptor')
  }
  const list = (field: keyof Event) => events.map((event) => fieldOf(event, field, 'event'))
  const table = (field: 'data' | 'timestamps' | 'filled') =>
    toColumns(events.map(rowOf(field)), `the Events' ${field}`)
  return {
    time: list('time'),
    uid: list('uid'),
    seq_num: list('seq_num'),
    descriptor,
    filled: table('filled'),
    data: table('data'),
    timestamps: table('timestamps'),
  } as EventPage
}

function rowOf(field: 'data' | 'timestamps' | 'filled'): (event: Event) => Dict {
  return (event) =>
    field === 'filled' && event.filled === undefined ? {} : dictOf(event, field, 'event')
}

/**
 * Makes an EventPage's Events again, one by one. Mirrors `event_model.unpack_event_page`: where a list of
 * `data`, `timestamps` or `filled` is too short, that is left out from there on.
 *
 * @throws EventModelValueError `bad-document` if the page can't be read as one; if `uid`, `time` and
 *   `seq_num` are of different lengths. (Python's fills these up with empty dicts.)
 *
 * @example
 * ```ts
 * import { type EventPage, unpackEventPage } from '@prompt-papermill/core'
 *
 * const page: EventPage = {
 *   uid: ['a', 'b'],
 *   descriptor: 'd',
 *   seq_num: [1, 2],
 *   time: [0, 1],
 *   data: { det: [1.5, 2.5] },
 *   timestamps: { det: [0, 1] },
 * }
 * for (const event of unpackEventPage(page)) console.log(event.seq_num, event.data.det)
 * // 1 1.5
 * // 2 2.5
 * ```
 */
export function* unpackEventPage(eventPage: EventPage): Generator<Event, void, undefined> {
  const { descriptor } = eventPage
  const list = (field: 'uid' | 'time' | 'seq_num') =>
    rowsOf(columnOf(fieldOf(eventPage, field, 'event_page'), `event_page.${field}`))
  const table = (field: 'data' | 'timestamps' | 'filled') =>
    field === 'filled' && eventPage.filled === undefined
      ? []
      : toRows(dictOf(eventPage, field, 'event_page'), `event_page.${field}`)
  const [uid, time, seqNum] = [list('uid'), list('time'), list('seq_num')]
  const [data, timestamps, filled] = [table('data'), table('timestamps'), table('filled')]
  const { length } = uid
  const longest = Math.max(data.length, timestamps.length, filled.length)
  if (time.length !== length || seqNum.length !== length || longest > length) {
    throw new EventModelValueError(
      'event_page: uid, time, seq_num, data, timestamps and filled are of different lengths',
    )
  }
  for (let i = 0; i < length; i += 1) {
    yield {
      descriptor,
      uid: uid[i],
      time: time[i],
      seq_num: seqNum[i],
      data: data[i] ?? {},
      timestamps: timestamps[i] ?? {},
      filled: filled[i] ?? {},
    } as Event
  }
}
