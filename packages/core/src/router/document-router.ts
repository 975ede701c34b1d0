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
} from '../documents/generated/index.js'
import type { RunOrigin } from '../documents/run-origin.js'
import { checked } from '../documents/compose/composing.js'
import {
  type DocumentByName,
  type DocumentMessage,
  type DocumentName,
  isDocumentName,
} from '../documents/messages.js'
import { bulkDatumToDatumPage, bulkEventsToEventPages } from '../documents/pages/bulk.js'
import { packDatums, unpackDatumPage } from '../documents/pages/datum-pages.js'
import { packEvents, unpackEventPage } from '../documents/pages/event-pages.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import { EventModelValueError } from '../errors/event-model-errors.js'
import type { DocumentArguments, DocumentCallback } from './document-callback.js'
import { notImplemented, type Routed } from './not-implemented.js'

/** How a {@link DocumentRouter} is made. */
export interface DocumentRouterOptions {
  /** Where {@link DocumentRouter.emit} sends documents. */
  emit?: DocumentCallback
}

/** How one document is dispatched. */
export interface DispatchOptions {
  /**
   * Whether the document that comes out is checked.
   *
   * @defaultValue `false`
   */
  validate?: boolean
  /**
   * Which way the document came, as a source tells it. A `RunRouter` keeps it of each run; a
   * {@link DocumentRouter} takes all alike.
   *
   * @defaultValue `'live'`
   */
  origin?: RunOrigin
}

/**
 * Sends each document to the method of its name. Mirrors `event_model.DocumentRouter`: write a subclass with
 * the methods that you need. One that has `event` and no `event_page` gets pages as single events, and the
 * other way round; so with `datum` and `datum_page`.
 *
 * @typeParam Metadata - the site's own keys of the Run Start
 *
 * @example
 * ```ts
 * import { composeRun, DocumentRouter, type Event } from '@prompt-papermill/core'
 *
 * class Printer extends DocumentRouter {
 *   override event(doc: Event): void {
 *     console.log(doc.seq_num, doc.data)
 *   }
 * }
 * const printer = new Printer()
 * const { descriptor, composeEventPage } = composeRun().composeDescriptor({
 *   name: 'primary',
 *   data_keys: { det: { source: 'SIM:det', dtype: 'number', shape: [] } },
 * })
 * printer.dispatch({ name: 'descriptor', doc: descriptor })
 * const doc = composeEventPage({ data: { det: [1.5, 2.5] }, timestamps: { det: [0, 1] } })
 * printer.dispatch({ name: 'event_page', doc }) // 1 { det: 1.5 }, then 2 { det: 2.5 }
 * ```
 */
export class DocumentRouter<Metadata extends object = object> {
  readonly #emit: DocumentCallback | undefined

  /** @throws BlueskyError `bad-option` if `emit` is no function. */
  constructor({ emit }: DocumentRouterOptions = {}) {
    if (emit !== undefined && typeof emit !== 'function') {
      throw new BlueskyError(
        'bad-option',
        'emit must be a function that takes a name and a document',
      )
    }
    this.#emit = emit
  }

  /** Sends a document to the `emit` that the router was made with, if there is one. */
  emit(...message: DocumentArguments): void {
    this.#emit?.(message[0], message[1])
  }

  /**
   * Takes in one document, and gives back what became of it: what the method gave back, or else the
   * document itself. Python's is the call of the router itself, `router(name, doc)`.
   *
   * @throws EventModelValueError `bad-document` if there is no document of the name, or a page or bulk document
   *   can't be read; EventModelValidationError if, with `validate`, what comes out breaks the schema; and
   *   whatever the methods throw.
   */
  dispatch(message: DocumentMessage, options: DispatchOptions = {}): DocumentMessage {
    const { name, doc } = message
    if (!isDocumentName(name)) {
      throw new EventModelValueError(`there is no document of the name ${JSON.stringify(name)}`)
    }
    const output = this.#route(message)
    const routed = output === notImplemented ? doc : (output ?? doc)
    if (options.validate === true) checked(name, routed as DocumentByName[DocumentName], true)
    return { name, doc: routed } as DocumentMessage
  }

  /** Takes the Run Start. Write this and the methods below in a subclass, as far as you need them. */
  start(_doc: RunStart<Metadata>): Routed<RunStart<Metadata>> {
    return notImplemented
  }

  /** Takes a descriptor, with which a stream begins. */
  descriptor(_doc: EventDescriptor): Routed<EventDescriptor> {
    return notImplemented
  }

  /** Takes an event; without this method they go to `event_page`, each as a page of one. */
  event(_doc: Event): Routed<Event> {
    return notImplemented
  }

  /** Takes a page of events; without this method its events go to `event` one by one. */
  event_page(_doc: EventPage): Routed<EventPage> {
    return notImplemented
  }

  /** Takes a resource. */
  resource(_doc: Resource): Routed<Resource> {
    return notImplemented
  }

  /** Takes a datum; without this method they go to `datum_page`, each as a page of one. */
  datum(_doc: Datum): Routed<Datum> {
    return notImplemented
  }

  /** Takes a page of datums; without this method its datums go to `datum` one by one. */
  datum_page(_doc: DatumPage): Routed<DatumPage> {
    return notImplemented
  }

  /** Takes a stream resource. */
  stream_resource(_doc: StreamResource): Routed<StreamResource> {
    return notImplemented
  }

  /** Takes a stream datum. */
  stream_datum(_doc: StreamDatum): Routed<StreamDatum> {
    return notImplemented
  }

  /** Takes the Run Stop. */
  stop(_doc: RunStop): Routed<RunStop> {
    return notImplemented
  }

  /**
   * Deprecated in event-model: hands on its events as pages. Write `event_page` or `event` instead.
   *
   * @throws EventModelValueError `bad-document` if it can't be read.
   */
  bulk_events(doc: BulkEvents): Routed<BulkEvents> {
    for (const page of bulkEventsToEventPages(doc)) this.#eventPage(page)
  }

  /**
   * Deprecated in event-model: hands on its datums as a page. Write `datum_page` or `datum` instead.
   *
   * @throws EventModelValueError `bad-document` if it can't be read.
   */
  bulk_datum(doc: BulkDatum): Routed<BulkDatum> {
    this.#datumPage(bulkDatumToDatumPage(doc))
  }

  #route(message: DocumentMessage): unknown {
    switch (message.name) {
      case 'start':
        return this.start(message.doc as unknown as RunStart<Metadata>)
      case 'event':
        return this.#event(message.doc)
      case 'event_page':
        return this.#eventPage(message.doc)
      case 'datum':
        return this.#datum(message.doc)
      case 'datum_page':
        return this.#datumPage(message.doc)
      default:
        return (this[message.name] as (doc: unknown) => unknown)(message.doc)
    }
  }

  #event(doc: Event): Routed<Event> {
    const output = this.event(doc)
    if (output !== notImplemented) return output
    const page = packEvents([doc])
    const outputPage = this.event_page(page)
    return outputPage === notImplemented
      ? outputPage
      : unpackEventPage(outputPage ?? page).next().value
  }

  #eventPage(doc: EventPage): Routed<EventPage> {
    const output = this.event_page(doc)
    if (output !== notImplemented) return output
    const outputs: Event[] = []
    for (const event of unpackEventPage(doc)) {
      const outputEvent = this.event(event)
      if (outputEvent === notImplemented) return outputEvent
      outputs.push(outputEvent ?? event)
    }
    // a page without events stays as it is, for want of one to make another of
    return outputs.length === 0 ? doc : packEvents(outputs)
  }

  #datum(doc: Datum): Routed<Datum> {
    const output = this.datum(doc)
    if (output !== notImplemented) return output
    const page = packDatums([doc])
    const outputPage = this.datum_page(page)
    return outputPage === notImplemented
      ? outputPage
      : unpackDatumPage(outputPage ?? page).next().value
  }

  #datumPage(doc: DatumPage): Routed<DatumPage> {
    const output = this.datum_page(doc)
    if (output !== notImplemented) return output
    const outputs: Datum[] = []
    for (const datum of unpackDatumPage(doc)) {
      const outputDatum = this.datum(datum)
      if (outputDatum === notImplemented) return outputDatum
      outputs.push(outputDatum ?? datum)
    }
    return outputs.length === 0 ? doc : packDatums(outputs)
  }
}
