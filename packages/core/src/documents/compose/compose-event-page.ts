import { EventModelValueError } from '../../errors/event-model-errors.js'
import type { EventPage } from '../generated/index.js'
import { columnOf } from '../pages/columns.js'
import { lengthOf } from '../validate/json-types.js'
import type { NDArray } from '../values/ndarray.js'
import type { EventParts } from './compose-event.js'
import { checked, type ComposeOptions, nextSeqNum, now, streamOf } from './composing.js'
import { checkDataKeys } from './data-keys.js'

/** What the `composeEventPage` of a descriptor takes. */
export interface EventPageOptions extends ComposeOptions {
  /** The readings, by data key: one for each event, as a list or an array whose first axis they are. */
  data: Readonly<Record<string, unknown[] | NDArray>>
  /** When each was taken, in seconds since 1970, by the same keys. */
  timestamps: Readonly<Record<string, unknown[] | NDArray>>
  /**
   * The events' numbers in their stream, from 1.
   *
   * @defaultValue from one more than the stream's last event on
   */
  seq_num?: number[]
  /**
   * For the data keys whose data is in external files: of each event whether `data` has it.
   *
   * @defaultValue `{}`
   */
  filled?: NonNullable<EventPage['filled']>
  /**
   * The events' uids.
   *
   * @defaultValue fresh UUIDs, version 4
   */
  uid?: string[]
  /**
   * Seconds since 1970.
   *
   * @defaultValue now, for all of them
   */
  time?: number[]
}

/**
 * Composes an EventPage and counts its events. Mirrors `event_model.compose_event_page`; `composeDescriptor`
 * gives one that knows its descriptor.
 *
 * @throws EventModelValidationError `bad-document` if the page breaks the schema, or its keys are not those
 *   of the descriptor; EventModelValueError if its lists are of different lengths, or the number of events
 *   can't be told.
 *
 * @example
 * ```ts
 * import { composeRun } from '@prompt-papermill/core'
 *
 * const { composeDescriptor } = composeRun()
 * const { composeEventPage } = composeDescriptor({
 *   name: 'primary',
 *   data_keys: { det: { source: 'SIM:det', dtype: 'number', shape: [] } },
 * })
 * const page = composeEventPage({ data: { det: [1.5, 2.5] }, timestamps: { det: [0, 1] } })
 * console.log(page.seq_num) // [ 1, 2 ]
 * ```
 */
export function composeEventPage(options: EventParts & EventPageOptions): EventPage {
  const { descriptor, eventCounters, data, timestamps, filled = {}, validate = true } = options
  const length = commonLength('data', data)
  if (commonLength('timestamps', timestamps) !== length) {
    throw new EventModelValueError(
      'event_page: the lists of timestamps are not so long as those of data',
    )
  }
  const seq_num = options.seq_num ?? countOn(nextSeqNum(descriptor, eventCounters), length)
  const time = options.time === undefined ? now() : 0
  const doc = {
    uid: options.uid ?? seq_num.map(() => crypto.randomUUID()),
    time: options.time ?? seq_num.map(() => time),
    data,
    timestamps,
    seq_num,
    filled,
    descriptor: descriptor.uid,
  } as EventPage
  checked('event_page', doc, validate)
  if (validate) checkDataKeys(descriptor, { data, timestamps, filled })
  const stream = streamOf(descriptor)
  eventCounters.set(stream, (eventCounters.get(stream) ?? 1) + seq_num.length)
  return doc
}

/** How long all lists of a table are; undefined if there are none. */
function commonLength(field: string, table: Readonly<Record<string, unknown>>): number | undefined {
  const lengths = Object.entries(table).map(([key, list]) =>
    lengthOf(columnOf(list, `event_page.${field}.${key}`)),
  )
  const [first] = lengths
  if (lengths.some((length) => length !== first)) {
    throw new EventModelValueError(`event_page: the lists of ${field} are of different lengths`)
  }
  return first
}

function countOn(from: number, length: number | undefined): number[] {
  if (length !== undefined) return Array.from({ length }, (_, i) => from + i)
  throw new EventModelValueError('event_page: give seq_num, since data has no lists to count')
}
