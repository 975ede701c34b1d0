/**
 * What each document's type is called, in the order in which a run emits them: event_model's names.
 * Its schema says `event_descriptor` where its wire says `descriptor`, so neither can be derived.
 */
export const typeNames = {
  start: 'RunStart',
  descriptor: 'EventDescriptor',
  event: 'Event',
  event_page: 'EventPage',
  resource: 'Resource',
  datum: 'Datum',
  datum_page: 'DatumPage',
  stream_resource: 'StreamResource',
  stream_datum: 'StreamDatum',
  stop: 'RunStop',
  bulk_events: 'BulkEvents',
  bulk_datum: 'BulkDatum',
}

/** `EventPage` to `event-page`, as files are called. */
export const fileStem = (typeName) => typeName.replace(/\B[A-Z]/g, '-$&').toLowerCase()
