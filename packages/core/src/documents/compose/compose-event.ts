import type { Event, EventDescriptor } from '../generated/index.js'
import {
  checked,
  type ComposeOptions,
  type EventCounters,
  nextSeqNum,
  now,
  type StampOptions,
  streamOf,
} from './composing.js'
import { checkDataKeys } from './data-keys.js'

/** What the `composeEvent` of a descriptor takes. */
export interface EventOptions extends StampOptions, ComposeOptions {
  /** The readings, by data key. */
  data: Event['data']
  /** When each was taken, in seconds since 1970, by the same keys. */
  timestamps: Event['timestamps']
  /**
   * The event's number in its stream, from 1.
   *
   * @defaultValue one more than the stream's last event, the first one being 1
   */
  seq_num?: number
  /**
   * For the data keys whose data is in external files: whether `data` has it, or only its id.
   *
   * @defaultValue `{}`
   */
  filled?: NonNullable<Event['filled']>
}

/** What events are composed for. */
export interface EventParts {
  /** The descriptor of the events. */
  descriptor: EventDescriptor
  /** Counted on by each event. */
  eventCounters: EventCounters
}

/**
 * Composes an Event and counts it. Mirrors `event_model.compose_event`; `composeDescriptor` gives one that
 * knows its descriptor.
 *
 * @throws EventModelValidationError `bad-document` if the event breaks the schema, or its keys are not
 *   those of the descriptor; EventModelValueError if `eventCounters` doesn't know the stream and no
 *   `seq_num` is given.
 *
 * @example
 * ```ts
 * import { composeEvent } from '@prompt-papermill/core'
 *
 * const event = composeEvent({
 *   descriptor: {
 *     uid: 'd',
 *     run_start: 'r',
 *     time: 0,
 *     name: 'primary',
 *     data_keys: { det: { source: 'SIM:det', dtype: 'number', shape: [] } },
 *   },
 *   eventCounters: new Map([['primary', 1]]),
 *   data: { det: 0.61 },
 *   timestamps: { det: 0.5 },
 * })
 * console.log(event.seq_num) // 1
 * ```
 */
export function composeEvent(options: EventParts & EventOptions): Event {
  const { descriptor, eventCounters, data, timestamps, filled = {}, validate = true } = options
  const seq_num = options.seq_num ?? nextSeqNum(descriptor, eventCounters)
  const doc: Event = {
    uid: options.uid ?? crypto.randomUUID(),
    time: options.time ?? now(),
    data,
    timestamps,
    seq_num,
    filled,
    descriptor: descriptor.uid,
  }
  checked('event', doc, validate)
  if (validate) checkDataKeys(descriptor, { data, timestamps, filled })
  eventCounters.set(streamOf(descriptor), seq_num + 1)
  return doc
}
