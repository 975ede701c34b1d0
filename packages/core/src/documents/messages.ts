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
  start: RunStart
  descriptor: EventDescriptor
  event: Event
  event_page: EventPage
  resource: Resource
  datum: Datum
  datum_page: DatumPage
  stream_resource: StreamResource
  stream_datum: StreamDatum
  stop: RunStop
  bulk_events: BulkEvents
  bulk_datum: BulkDatum
}

/**
 * The names of documents, as event_model's `DocumentNames` spells them.
 * `bulk_events` and `bulk_datum` are deprecated there and still received here.
 */
export type DocumentName = keyof DocumentByName

/** One document with its name: the unit that flows through a stream. Narrow it by `name`. */
export type DocumentMessage = {
  [N in DocumentName]: { readonly name: N; readonly doc: DocumentByName[N] }
}[DocumentName]

/** All names, in the order in which a run emits them. */
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

/** Whether `name` is the name of a kind of document. */
export function isDocumentName(name: string): name is DocumentName {
  return known.has(name)
}
