import type { DatumPage, EventPage } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'
import { bulkDatumToDatumPage, bulkEventsToEventPages } from '../documents/pages/bulk.js'
import { packDatums } from '../documents/pages/datum-pages.js'
import { packEvents } from '../documents/pages/event-pages.js'

/** A document that holds events. */
export type EventsMessage = DocumentMessage & { name: 'event' | 'event_page' | 'bulk_events' }

/** A document that holds datums. */
export type DatumsMessage = DocumentMessage & { name: 'datum' | 'datum_page' | 'bulk_datum' }

/**
 * Its events as pages.
 *
 * @throws EventModelValueError `bad-document` if they can't be read.
 */
export function toEventPages(message: EventsMessage): readonly EventPage[] {
  switch (message.name) {
    case 'event_page':
      return [message.doc]
    case 'event':
      return [packEvents([message.doc])]
    case 'bulk_events':
      return bulkEventsToEventPages(message.doc)
  }
}

/**
 * Its datums as a page.
 *
 * @throws EventModelValueError `bad-document` if they can't be read.
 */
export function toDatumPage(message: DatumsMessage): DatumPage {
  switch (message.name) {
    case 'datum_page':
      return message.doc
    case 'datum':
      return packDatums([message.doc])
    case 'bulk_datum':
      return bulkDatumToDatumPage(message.doc)
  }
}
