import { EventModelValidationError } from '../../errors/event-model-errors.js'
import type { Event, EventDescriptor, EventPage, RunStart } from '../generated/index.js'
import { composeEvent, type EventOptions } from './compose-event.js'
import { composeEventPage, type EventPageOptions } from './compose-event-page.js'
import {
  checked,
  type ComposeOptions,
  type EventCounters,
  now,
  type StampOptions,
} from './composing.js'

/** What the `composeDescriptor` of a run takes. */
export interface DescriptorOptions extends StampOptions, ComposeOptions {
  /** The stream's name, such as `primary`. */
  name: string
  /** What each event has. All descriptors of one stream have the same keys. */
  data_keys: EventDescriptor['data_keys']
  /**
   * What of each device is worth plotting, by the device's name.
   *
   * @defaultValue `{}`
   */
  hints?: NonNullable<EventDescriptor['hints']>
  /**
   * What each device was set to, by the device's name.
   *
   * @defaultValue `{}`
   */
  configuration?: NonNullable<EventDescriptor['configuration']>
  /**
   * The data keys of each device, by the device's name.
   *
   * @defaultValue `{}`
   */
  object_keys?: NonNullable<EventDescriptor['object_keys']>
  /**
   * The class of each device, by the device's name.
   *
   * @defaultValue `{}`
   */
  object_classes?: NonNullable<EventDescriptor['object_classes']>
}

/** What the descriptors of a run share. */
export interface DescriptorParts {
  /** The Run Start of the run. */
  start: RunStart
  /** The data keys of each stream, by its name; filled in by the first descriptor of each. */
  streams: Map<string, ReadonlySet<string>>
  /** Begun at 1 for each new stream. */
  eventCounters: EventCounters
}

/** A descriptor, and what composes its events. Mirrors `event_model.ComposeDescriptorBundle`. */
export interface DescriptorBundle {
  /** The descriptor, to be emitted before its events. */
  readonly descriptor: EventDescriptor
  /** Composes an Event of this descriptor and counts it; {@link composeEvent}. */
  readonly composeEvent: (options: EventOptions) => Event
  /** Composes several Events of this descriptor as a page; {@link composeEventPage}. */
  readonly composeEventPage: (options: EventPageOptions) => EventPage
}

/**
 * Composes an EventDescriptor. Mirrors `event_model.compose_descriptor`; `composeRun` gives one that knows
 * its run.
 *
 * @throws EventModelValidationError `bad-document` if the descriptor breaks the schema, or its stream has had
 *   other data keys.
 *
 * @example
 * ```ts
 * import { composeRun } from '@prompt-papermill/core'
 *
 * const { composeDescriptor } = composeRun()
 * const { descriptor, composeEvent } = composeDescriptor({
 *   name: 'primary',
 *   data_keys: { det: { source: 'SIM:det', dtype: 'number', shape: [], units: 'counts' } },
 * })
 * console.log(descriptor.name, composeEvent({ data: { det: 3 }, timestamps: { det: 0 } }).seq_num)
 * ```
 */
export function composeDescriptor(options: DescriptorParts & DescriptorOptions): DescriptorBundle {
  const { start, streams, eventCounters, name, data_keys, validate = true } = options
  const descriptor: EventDescriptor = {
    configuration: options.configuration ?? {},
    data_keys,
    name,
    object_keys: options.object_keys ?? {},
    run_start: start.uid,
    time: options.time ?? now(),
    uid: options.uid ?? crypto.randomUUID(),
    object_classes: options.object_classes ?? {},
    hints: options.hints ?? {},
  }
  const keys = new Set(Object.keys(data_keys))
  if (validate) checkStream(name, keys, streams.get(name))
  checked('descriptor', descriptor, validate)
  if (!streams.has(name)) {
    streams.set(name, keys)
    eventCounters.set(name, 1)
  }
  const parts = { descriptor, eventCounters }
  return {
    descriptor,
    composeEvent: (event) => composeEvent({ ...event, ...parts }),
    composeEventPage: (page) => composeEventPage({ ...page, ...parts }),
  }
}

function checkStream(
  name: string,
  keys: ReadonlySet<string>,
  before: ReadonlySet<string> | undefined,
): void {
  if (!before || (before.size === keys.size && [...keys].every((key) => before.has(key)))) return
  throw new EventModelValidationError(
    `all descriptors of the stream ${JSON.stringify(name)} must have the same data_keys: ` +
      `${[...before].join(', ')}; this one has ${[...keys].join(', ')}`,
  )
}
