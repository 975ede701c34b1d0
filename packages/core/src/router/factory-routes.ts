import type { EventDescriptor, RunStart } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'
import { Recent } from '../run/recent.js'
import type { Run } from '../run/run.js'
import { SeenDatums } from '../run/seen-documents.js'
import { type DocumentCallback, type DocumentReceiver, send } from './document-callback.js'
import { type DatumsMessage, type EventsMessage, toDatumPage, toEventPages } from './to-pages.js'

/** Who receives documents: a function, or a router such as a `DocumentRouter`. */
export type RunCallback = DocumentCallback | DocumentReceiver

/** Called with each descriptor of a run; its callbacks receive the documents of that stream. */
export type SubFactory = (name: 'descriptor', doc: EventDescriptor) => readonly RunCallback[]

/**
 * Called with each Run Start; says who receives the run's documents. As event_model's RunRouter takes them, and
 * with the run besides: what is counted of it, and whether it was {@link Run.restored} from before a restart,
 * so that its callbacks won't see all of its events.
 */
export type RunFactory = (
  name: 'start',
  doc: RunStart,
  run: Run,
) => readonly [callbacks: readonly RunCallback[], subFactories: readonly SubFactory[]]

/** As many unlabeled resources as event_model's RunRouter remembers. */
const rememberedUnlabeled = 10_000

/** Told when a factory or callback throws; the others go on. */
export type CallbackErrorHandler = (error: unknown, message: DocumentMessage) => void

/** What the factories gave for one run. */
interface Routes {
  readonly start: DocumentMessage & { name: 'start' }
  readonly callbacks: RunCallback[]
  readonly subFactories: SubFactory[]
  /** By whose uids its documents are found, to let go of them. */
  readonly descriptors: string[]
  readonly streamResources: string[]
}

/**
 * Hands the documents of each run to the callbacks that factories made for it. Mirrors the routing of
 * `event_model.RunRouter`: events and datums arrive as pages, and a `DocumentRouter` that wants them one by
 * one takes the pages apart. Unlike there, a callback that throws doesn't starve the others, a document
 * that belongs nowhere is passed over, and nothing of a run is kept behind its end.
 */
export class FactoryRoutes {
  readonly #factories: readonly RunFactory[]
  readonly #failed: CallbackErrorHandler
  readonly #routes = new Map<Run, Routes>()
  /** The callbacks of a run's streams, in the order in which they were made. */
  readonly #streamCallbacks = new Map<Run, RunCallback[]>()
  /** Who receives the events of each descriptor. */
  readonly #byDescriptor = new Map<string, readonly RunCallback[]>()
  readonly #byStreamResource = new Map<string, Run>()
  /**
   * Resources that name no run, as old ones do: theirs and their datums' run can't be told, so that all runs
   * get them.
   */
  readonly #unlabeled = new Recent<true>(rememberedUnlabeled)
  readonly #unlabeledDatums = new SeenDatums(rememberedUnlabeled)

  constructor(factories: readonly RunFactory[], failed: CallbackErrorHandler) {
    this.#factories = factories
    this.#failed = failed
  }

  /**
   * Hands on one document.
   *
   * @param run - what it belongs to; null if that can't be told, as of resources without `run_start`
   */
  dispatch(run: Run | null, message: DocumentMessage): void {
    if (this.#factories.length === 0) return
    switch (message.name) {
      case 'start':
        if (run && !this.#routes.has(run)) this.#begin(run, message)
        break
      case 'descriptor':
        if (run) this.#describe(run, message)
        break
      case 'event':
      case 'event_page':
      case 'bulk_events':
        this.#sendEvents(message)
        break
      case 'resource':
        if (run) this.#sendToRun(run, message)
        else if (message.doc.run_start === undefined) this.#sendUnlabeled(message)
        break
      case 'datum':
      case 'datum_page':
      case 'bulk_datum':
        this.#sendDatums(run, message)
        break
      case 'stream_resource':
        if (run) this.#sendStreamResource(run, message)
        break
      case 'stream_datum': {
        const owner = this.#byStreamResource.get(message.doc.stream_resource) ?? run
        if (owner) this.#sendToRun(owner, message)
        break
      }
      case 'stop':
        if (run) {
          this.#sendToRun(run, message)
          this.forget(run)
        }
        break
    }
  }

  /** Asks the factories about a run from before a restart, whose Run Start and descriptors are known. */
  restore(run: Run): void {
    this.dispatch(run, { name: 'start', doc: run.start })
    for (const doc of run.descriptors) this.dispatch(run, { name: 'descriptor', doc })
  }

  /** Lets go of a run: one that has stopped, or that never will. */
  forget(run: Run): void {
    const routes = this.#routes.get(run)
    this.#routes.delete(run)
    this.#streamCallbacks.delete(run)
    for (const uid of routes?.descriptors ?? []) this.#byDescriptor.delete(uid)
    for (const uid of routes?.streamResources ?? []) this.#byStreamResource.delete(uid)
  }

  #begin(run: Run, message: DocumentMessage & { name: 'start' }): void {
    const routes: Routes = {
      start: message,
      callbacks: [],
      subFactories: [],
      descriptors: [],
      streamResources: [],
    }
    this.#routes.set(run, routes)
    for (const factory of this.#factories) {
      this.#guard(message, () => {
        const [callbacks, subFactories] = factory('start', message.doc, run)
        // before the next factory is asked, as event_model does
        this.#sendEach(callbacks, message)
        routes.callbacks.push(...callbacks)
        routes.subFactories.push(...subFactories)
      })
    }
  }

  #describe(run: Run, message: DocumentMessage & { name: 'descriptor' }): void {
    const routes = this.#routes.get(run)
    const { uid } = message.doc
    // one that comes again would have its events delivered twice
    if (!routes || this.#byDescriptor.has(uid)) return
    const receivers = [...routes.callbacks]
    this.#byDescriptor.set(uid, receivers)
    routes.descriptors.push(uid)
    this.#sendEach(routes.callbacks, message)
    for (const subFactory of routes.subFactories) {
      this.#guard(message, () => {
        const callbacks = subFactory('descriptor', message.doc)
        receivers.push(...callbacks)
        this.#streamCallbacksOf(run).push(...callbacks)
        for (const callback of callbacks) {
          this.#call(callback, routes.start, message)
          this.#call(callback, message, message)
        }
      })
    }
  }

  #sendEvents(message: EventsMessage): void {
    // packing is work for nothing where nobody is told
    if (message.name === 'event' && !this.#byDescriptor.get(message.doc.descriptor)?.length) return
    this.#guard(message, () => {
      for (const doc of toEventPages(message)) {
        const receivers = this.#byDescriptor.get(doc.descriptor) ?? []
        this.#sendEach(receivers, { name: 'event_page', doc }, message)
      }
    })
  }

  #sendUnlabeled(message: DocumentMessage & { name: 'resource' }): void {
    const { uid } = message.doc
    // by way of a second proxy
    if (this.#unlabeled.has(uid)) return
    this.#unlabeled.note(uid, true)
    this.#sendToAll(message)
  }

  #sendDatums(run: Run | null, message: DatumsMessage): void {
    this.#guard(message, () => {
      const doc = toDatumPage(message)
      if (run) {
        this.#sendToRun(run, { name: 'datum_page', doc }, message)
      } else if (this.#unlabeled.has(doc.resource)) {
        const unseen = this.#unlabeledDatums.unseen({ name: 'datum_page', doc })
        if (unseen) this.#sendToAll(unseen, message)
      }
    })
  }

  #sendStreamResource(run: Run, message: DocumentMessage & { name: 'stream_resource' }): void {
    const routes = this.#routes.get(run)
    if (!routes) return
    this.#byStreamResource.set(message.doc.uid, run)
    routes.streamResources.push(message.doc.uid)
    this.#sendToRun(run, message)
  }

  /** To everybody who has to do with a run. */
  #sendToRun(run: Run, message: DocumentMessage, published = message): void {
    const routes = this.#routes.get(run)
    if (!routes) return
    this.#sendEach(routes.callbacks, message, published)
    this.#sendEach(this.#streamCallbacksOf(run), message, published)
  }

  /** To everybody: what may belong to any run. */
  #sendToAll(message: DocumentMessage, published = message): void {
    for (const { callbacks } of this.#routes.values()) this.#sendEach(callbacks, message, published)
    for (const callbacks of this.#streamCallbacks.values()) {
      this.#sendEach(callbacks, message, published)
    }
  }

  #streamCallbacksOf(run: Run): RunCallback[] {
    const known = this.#streamCallbacks.get(run)
    if (known) return known
    const made: RunCallback[] = []
    this.#streamCallbacks.set(run, made)
    return made
  }

  #sendEach(
    callbacks: readonly RunCallback[],
    message: DocumentMessage,
    published = message,
  ): void {
    for (const callback of callbacks) this.#call(callback, message, published)
  }

  #call(callback: RunCallback, message: DocumentMessage, published: DocumentMessage): void {
    this.#guard(published, () => send(callback, message))
  }

  /** @param message - the document as it was published, which the error is about */
  #guard(message: DocumentMessage, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#failed(error, message)
    }
  }
}
