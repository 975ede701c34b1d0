import type {
  EventDescriptor,
  RunStart,
  StreamDatum,
  StreamRange,
  StreamResource,
} from '../generated/index.js'
import { checked, type ComposeOptions, countUp } from './composing.js'

/** What the `composeStreamResource` of a run takes. */
export interface StreamResourceOptions extends ComposeOptions {
  /** The format, such as `application/x-hdf5`. */
  mimetype: string
  /** Where the resource is, such as `file://localhost/data/scan_1042.h5`. */
  uri: string
  /** Which of the descriptor's data keys is streamed there. */
  data_key: string
  /** What it takes to read the resource. */
  parameters: StreamResource['parameters']
  /**
   * The stream resource's uid.
   *
   * @defaultValue a fresh UUID, version 4
   */
  uid?: string
}

/** A stream resource, and what composes its datums. Mirrors `event_model.ComposeStreamResourceBundle`. */
export interface StreamResourceBundle {
  /** The stream resource, to be emitted before its datums. */
  readonly streamResource: StreamResource
  /** Composes a StreamDatum of this stream resource; {@link composeStreamDatum}. */
  readonly composeStreamDatum: (options: StreamDatumOptions) => StreamDatum
}

/**
 * Composes a StreamResource. Mirrors `event_model.compose_stream_resource`; `composeRun` gives one that
 * knows its run.
 *
 * @throws EventModelValidationError `bad-document` if the stream resource breaks the schema.
 *
 * @example
 * ```ts
 * import { composeRun } from '@prompt-papermill/core'
 *
 * const { streamResource, composeStreamDatum } = composeRun().composeStreamResource({
 *   mimetype: 'application/x-hdf5',
 *   uri: 'file://localhost/data/scan_1042.h5',
 *   data_key: 'camera',
 *   parameters: { dataset: '/entry/data/data' },
 * })
 * const datum = composeStreamDatum({ indices: { start: 0, stop: 10 } })
 * console.log(datum.stream_resource === streamResource.uid) // true
 * ```
 */
export function composeStreamResource(
  options: StreamResourceOptions & { start?: RunStart },
): StreamResourceBundle {
  const streamResource: StreamResource = {
    uid: options.uid ?? crypto.randomUUID(),
    data_key: options.data_key,
    mimetype: options.mimetype,
    uri: options.uri,
    parameters: options.parameters,
    ...(options.start && { run_start: options.start.uid }),
  }
  checked('stream_resource', streamResource, options.validate ?? true)
  const parts = { streamResource, counter: countUp() }
  return {
    streamResource,
    composeStreamDatum: (datum) => composeStreamDatum({ ...datum, ...parts }),
  }
}

/** What the `composeStreamDatum` of a stream resource takes. */
export interface StreamDatumOptions extends ComposeOptions {
  /** Which part of the resource it is; `stop` is not in it. */
  indices: StreamRange
  /**
   * Which events it belongs to; `stop` is not in it.
   *
   * @defaultValue from 0 to 0: whoever emits the document fills it in
   */
  seq_nums?: StreamRange
  /**
   * The descriptor of the events that it belongs to.
   *
   * @defaultValue none: its `descriptor` is `''`, until whoever emits the document fills it in
   */
  descriptor?: EventDescriptor
}

/** What the datums of a stream resource share. */
export interface StreamDatumParts {
  /** The stream resource of the datums. */
  streamResource: StreamResource
  /** Numbers the datums. */
  counter: Iterator<number>
}

/**
 * Composes a StreamDatum, whose uid is the stream resource's and its number. Mirrors
 * `event_model.compose_stream_datum` (but for that one's mistake, to take `seq_nums` for `indices`);
 * `composeStreamResource` gives one that knows its stream resource.
 *
 * @throws EventModelValidationError `bad-document` if the datum breaks the schema.
 *
 * @example
 * ```ts
 * import { composeStreamDatum } from '@prompt-papermill/core'
 *
 * const datum = composeStreamDatum({
 *   streamResource: { uid: 'r', data_key: 'camera', mimetype: 'image/tiff', uri: 'file:', parameters: {} },
 *   counter: [7].values(),
 *   indices: { start: 0, stop: 10 },
 *   seq_nums: { start: 1, stop: 11 },
 * })
 * console.log(datum.uid) // r/7
 * ```
 */
export function composeStreamDatum(options: StreamDatumParts & StreamDatumOptions): StreamDatum {
  const { streamResource, counter, indices, seq_nums, descriptor, validate = true } = options
  const doc: StreamDatum = {
    stream_resource: streamResource.uid,
    uid: `${streamResource.uid}/${counter.next().value as number}`,
    seq_nums: seq_nums ?? { start: 0, stop: 0 },
    indices,
    descriptor: descriptor?.uid ?? '',
  }
  return checked('stream_datum', doc, validate)
}
