import type { EventDescriptor, RunStart } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'
import { EventModelError, EventModelValueError } from '../errors/event-model-errors.js'
import { type DispatchOptions, DocumentRouter } from './document-router.js'

/**
 * A {@link DocumentRouter} for the documents of exactly one run, which it knows its way around in. Mirrors
 * `event_model.SingleRunDocumentRouter`; a factory of a `RunRouter` makes one for each run.
 *
 * @typeParam Metadata - the site's own keys of the Run Start
 *
 * @example
 * ```ts
 * import { composeRun, type Event, RunRouter, SingleRunDocumentRouter } from '@prompt-papermill/core'
 *
 * class Table extends SingleRunDocumentRouter<{ sample: { name: string } }> {
 *   override event(doc: Event): void {
 *     console.log(this.getStart().sample.name, this.getStreamName(doc), doc.data)
 *   }
 * }
 * const router = new RunRouter([() => [[new Table()], []]])
 * const run = composeRun({ metadata: { sample: { name: 'Ni on Si' } } })
 * const { descriptor, composeEvent } = run.composeDescriptor({
 *   name: 'primary',
 *   data_keys: { det: { source: 'SIM:det', dtype: 'number', shape: [] } },
 * })
 * router.dispatch({ name: 'start', doc: run.start })
 * router.dispatch({ name: 'descriptor', doc: descriptor })
 * const doc = composeEvent({ data: { det: 0.61 }, timestamps: { det: 0 } })
 * router.dispatch({ name: 'event', doc }) // Ni on Si primary { det: 0.61 }
 * router.dispatch({ name: 'stop', doc: run.composeStop() })
 * ```
 */
export class SingleRunDocumentRouter<
  Metadata extends object = object,
> extends DocumentRouter<Metadata> {
  #start: RunStart<Metadata> | null = null
  readonly #descriptors = new Map<string, EventDescriptor>()

  /**
   * As {@link DocumentRouter.dispatch}.
   *
   * @throws EventModelValueError `bad-document` for a second Run Start and for a descriptor of another run,
   *   `missing-document` for a descriptor before the Run Start; EventModelValidationError with `validate`.
   */
  override dispatch(message: DocumentMessage, options: DispatchOptions = {}): DocumentMessage {
    if (message.name === 'start') this.#begin(message.doc as unknown as RunStart<Metadata>)
    else if (message.name === 'descriptor') this.#describe(message.doc)
    return super.dispatch(message, options)
  }

  /**
   * The Run Start. Mirrors `get_start`.
   *
   * @throws EventModelError `missing-document` if it has not come yet.
   */
  getStart(): RunStart<Metadata> {
    if (this.#start) return this.#start
    throw new EventModelError('missing-document', 'no Run Start has come yet')
  }

  /**
   * The descriptor of an event, event page or stream datum. Mirrors `get_descriptor`.
   *
   * @throws EventModelValueError `bad-document` if the document names no descriptor, `missing-document` if
   *   that one has not come.
   */
  getDescriptor(doc: { readonly descriptor?: unknown }): EventDescriptor {
    const uid = doc.descriptor
    if (typeof uid !== 'string') {
      throw new EventModelValueError('the document names no descriptor')
    }
    const descriptor = this.#descriptors.get(uid)
    if (descriptor) return descriptor
    throw new EventModelValueError(`no descriptor ${uid} has come yet`, 'missing-document')
  }

  /**
   * The name of the stream that an event, event page or stream datum is in. Mirrors `get_stream_name`; a
   * stream without a name is `primary`, as it is in a `Run`. (Python's is `'None'`.)
   *
   * @throws EventModelValueError as {@link SingleRunDocumentRouter.getDescriptor}.
   */
  getStreamName(doc: { readonly descriptor?: unknown }): string {
    return this.getDescriptor(doc).name ?? 'primary'
  }

  #begin(doc: RunStart<Metadata>): void {
    if (this.#start) {
      throw new EventModelValueError(
        `this router is for the run ${uidOf(this.#start)}; it was given a second Run Start, ${uidOf(doc)}`,
      )
    }
    this.#start = doc
  }

  #describe(doc: EventDescriptor): void {
    if (!this.#start) {
      throw new EventModelValueError(
        `the descriptor ${doc.uid} came before the Run Start`,
        'missing-document',
      )
    }
    if (doc.run_start !== this.#start.uid) {
      throw new EventModelValueError(
        `this router is for the run ${uidOf(this.#start)}; the descriptor ${doc.uid} is of ${doc.run_start}`,
      )
    }
    this.#descriptors.set(doc.uid, doc)
  }
}

function uidOf(start: { readonly uid?: unknown }): string {
  return String(start.uid)
}
