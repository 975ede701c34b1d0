import { BlueskyError } from '../../errors/bluesky-error.js'
import type { RunStart, RunStop } from '../generated/index.js'
import {
  composeDescriptor,
  type DescriptorBundle,
  type DescriptorOptions,
} from './compose-descriptor.js'
import { composeResource, type ResourceBundle, type ResourceOptions } from './compose-resource.js'
import { composeStop, type StopOptions } from './compose-stop.js'
import {
  composeStreamResource,
  type StreamResourceBundle,
  type StreamResourceOptions,
} from './compose-stream-resource.js'
import {
  checked,
  type ComposeOptions,
  type EventCounters,
  now,
  type StampOptions,
} from './composing.js'

/** What {@link composeRun} takes. */
export interface ComposeRunOptions<Metadata extends object = object>
  extends StampOptions, ComposeOptions {
  /**
   * More keys of the Run Start, such as `plan_name`.
   *
   * @defaultValue none
   */
  metadata?: Metadata
  /**
   * Counts the events of each stream, to be looked at from outside.
   *
   * @defaultValue one of its own
   */
  eventCounters?: EventCounters
}

/** A Run Start, and what composes the rest of its run. Mirrors `event_model.ComposeRunBundle`. */
export interface RunBundle<Metadata extends object = object> {
  /** The Run Start, to be emitted first. */
  readonly start: RunStart<Metadata>
  /** Composes the descriptor of a stream of this run; {@link composeDescriptor}. */
  readonly composeDescriptor: (options: DescriptorOptions) => DescriptorBundle
  /** Composes a resource of this run; {@link composeResource}. */
  readonly composeResource: (options: ResourceOptions) => ResourceBundle
  /** Composes the Run Stop, with the events counted so far; works once. {@link composeStop}. */
  readonly composeStop: (options?: StopOptions) => RunStop
  /** Composes a stream resource of this run; {@link composeStreamResource}. */
  readonly composeStreamResource: (options: StreamResourceOptions) => StreamResourceBundle
}

/**
 * Composes a RunStart, and gives the functions that compose the other documents of the run: with their
 * references to each other filled in, events counted, and everything checked. Mirrors
 * `event_model.compose_run`.
 *
 * @typeParam Metadata - the site's own keys of the Run Start
 * @throws EventModelValidationError `bad-document` if the Run Start breaks the schema; BlueskyError
 *   `bad-option` if `metadata` has a `uid` or `time`, which have options of their own.
 *
 * @example
 * ```ts
 * import { composeRun } from '@prompt-papermill/core'
 *
 * const run = composeRun({ metadata: { plan_name: 'count', sample: { name: 'Ni on Si' } } })
 * const { composeEvent } = run.composeDescriptor({
 *   name: 'primary',
 *   data_keys: { det: { source: 'SIM:det', dtype: 'number', shape: [] } },
 * })
 * composeEvent({ data: { det: 0.61 }, timestamps: { det: Date.now() / 1000 } })
 * console.log(run.start.sample.name, run.composeStop().num_events) // Ni on Si { primary: 1 }
 * ```
 */
export function composeRun<Metadata extends object = object>(
  options: ComposeRunOptions<Metadata> = {},
): RunBundle<Metadata> {
  const { metadata, eventCounters = new Map<string, number>(), validate = true } = options
  if (metadata && (Object.hasOwn(metadata, 'uid') || Object.hasOwn(metadata, 'time'))) {
    throw new BlueskyError('bad-option', 'give uid and time beside metadata, not in it')
  }
  const start: RunStart = {
    uid: options.uid ?? crypto.randomUUID(),
    time: options.time ?? now(),
    ...metadata,
  }
  checked('start', start, validate)
  const descriptorParts = { start, streams: new Map<string, ReadonlySet<string>>(), eventCounters }
  const stopParts = { start, eventCounters, poisonPill: [] }
  return {
    start: start as unknown as RunStart<Metadata>,
    composeDescriptor: (descriptor) => composeDescriptor({ ...descriptor, ...descriptorParts }),
    composeResource: (resource) => composeResource({ ...resource, start }),
    composeStop: (stop) => composeStop({ ...stop, ...stopParts }),
    composeStreamResource: (resource) => composeStreamResource({ ...resource, start }),
  }
}
