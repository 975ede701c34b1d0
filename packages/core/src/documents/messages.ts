import type {
  BulkDatum,
  BulkEvents,
  Datum,
  DatumPage,
  Event,
  EventDescriptor,
  EventPage,
  Resource,
  RunStart,
  RunStop,
  StreamDatum,
  StreamResource,
} from './generated/index.js'

/** The type of each kind of document, by the name under which bluesky emits it. */
export interface DocumentByName {
  /** Begins a run: its metadata. */
  start: RunStart
  /** Begins a stream of events: what each of them has. */
  descriptor: EventDescriptor
  /** What was read at one time, of one stream. */
  event: Event
  /** Several events of one stream, as columns. */
  event_page: EventPage
  /** Where data lies outside of the events, such as a file. */
  resource: Resource
  /** A piece of a resource, to which an event refers by its id. */
  datum: Datum
  /** Several datums of one resource, as columns. */
  datum_page: DatumPage
  /** Where the data of a data key is streamed to. */
  stream_resource: StreamResource
  /** A piece of a stream resource, and the events that it is of. */
  stream_datum: StreamDatum
  /** Ends a run: how it went, and how many events there were. */
  stop: RunStop
  /** Events by descriptor. Deprecated in event_model. */
  bulk_events: BulkEvents
  /** Datums of one resource. Deprecated in event_model. */
  bulk_datum: BulkDatum
}

/**
 * The names of documents, as they stand on the wire. Mirrors the members of `event_model.DocumentNames`.
 * `bulk_events` and `bulk_datum` are deprecated there and still received here.
 */
export type DocumentName = keyof DocumentByName

/** One document with its name: the unit that flows through a stream. Narrow it by `name`. */
export type DocumentMessage = {
  [N in DocumentName]: { readonly name: N; readonly doc: DocumentByName[N] }
}[DocumentName]

/**
 * All names of documents: those of a run in the order in which it emits them, then the two that event_model
 * has deprecated. Mirrors the members of `event_model.DocumentNames`.
 *
 * @example
 * ```ts
 * import { documentNames } from '@prompt-papermill/core'
 *
 * console.log(documentNames.length, documentNames[0]) // 12 start
 * ```
 */
export const documentNames: readonly DocumentName[] = [
  'start',
  'descriptor',
  'event',
  'event_page',
  'resource',
  'datum',
  'datum_page',
  'stream_resource',
  'stream_datum',
  'stop',
  'bulk_events',
  'bulk_datum',
]

const known: ReadonlySet<string> = new Set(documentNames)

/**
 * Whether `name` is the name of a kind of document: for what comes from outside, where it may be any text.
 *
 * @example
 * ```ts
 * import { isDocumentName } from '@prompt-papermill/core'
 *
 * console.log(isDocumentName('event_page'), isDocumentName('probe')) // true false
 * ```
 */
export function isDocumentName(name: string): name is DocumentName {
  return known.has(name)
}
