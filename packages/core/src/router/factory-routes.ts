import type { EventDescriptor, RunStart } from '../documents/generated/index.js'
import type { DocumentMessage, DocumentName } from '../documents/messages.js'
import type { Run } from '../run/run.js'

/** Takes documents, as event_model's callbacks do. */
export type DocumentCallback = (name: DocumentName, doc: DocumentMessage['doc']) => void

/** Called with each descriptor of a run; its callbacks receive the documents of that stream. */
export type SubFactory = (name: 'descriptor', doc: EventDescriptor) => readonly DocumentCallback[]

/** Called with each Run Start; says who receives the run's documents. As event_model's RunRouter takes them. */
export type RunFactory = (
  name: 'start',
  doc: RunStart,
) => readonly [callbacks: readonly DocumentCallback[], subFactories: readonly SubFactory[]]

/** Told when a factory or callback throws; the others go on. */
export type CallbackErrorHandler = (error: unknown, message: DocumentMessage) => void

interface Routes {
  readonly start: DocumentMessage & { name: 'start' }
  readonly callbacks: DocumentCallback[]
  readonly subFactories: SubFactory[]
  /** Callbacks of one stream, by the uid of its descriptor. */
  readonly byDescriptor: Map<string, readonly DocumentCallback[]>
}

/**
 * Hands the documents of each run to the callbacks that factories made for it. Mirrors the routing of
 * `event_model.RunRouter`, but for one thing: a callback that throws doesn't starve the others.
 */
export class FactoryRoutes {
  readonly #factories: readonly RunFactory[]
  readonly #failed: CallbackErrorHandler
  readonly #routes = new Map<Run, Routes>()

  constructor(factories: readonly RunFactory[], failed: CallbackErrorHandler) {
    this.#factories = factories
    this.#failed = failed
  }

  dispatch(run: Run, message: DocumentMessage): void {
    if (this.#factories.length === 0) return
    if (message.name === 'start') {
      this.#begin(run, message)
      return
    }
    const routes = this.#routes.get(run)
    if (!routes) return
    for (const callback of routes.callbacks) this.#call(callback, message)
    if (message.name === 'descriptor') this.#describe(routes, message)
    else for (const callback of streamCallbacks(routes, message)) this.#call(callback, message)
    if (message.name === 'stop') this.#routes.delete(run)
  }

  /** Forgets a run that never stopped. */
  forget(run: Run): void {
    this.#routes.delete(run)
  }

  #begin(run: Run, message: DocumentMessage & { name: 'start' }): void {
    const routes: Routes = {
      start: message,
      callbacks: [],
      subFactories: [],
      byDescriptor: new Map(),
    }
    this.#routes.set(run, routes)
    for (const factory of this.#factories) {
      this.#guard(message, () => {
        const [callbacks, subFactories] = factory('start', message.doc)
        // before the next factory is asked, as event_model does
        for (const callback of callbacks) this.#call(callback, message)
        routes.callbacks.push(...callbacks)
        routes.subFactories.push(...subFactories)
      })
    }
  }

  #describe(routes: Routes, message: DocumentMessage & { name: 'descriptor' }): void {
    const made: DocumentCallback[] = []
    for (const subFactory of routes.subFactories) {
      this.#guard(message, () => {
        const callbacks = subFactory('descriptor', message.doc)
        for (const callback of callbacks) {
          this.#call(callback, routes.start)
          this.#call(callback, message)
        }
        made.push(...callbacks)
      })
    }
    routes.byDescriptor.set(message.doc.uid, made)
  }

  #call(callback: DocumentCallback, message: DocumentMessage): void {
    this.#guard(message, () => callback(message.name, message.doc))
  }

  #guard(message: DocumentMessage, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#failed(error, message)
    }
  }
}

/**
 * Who of the streams' callbacks receives a document: its stream's, or all for what has none. A callback that
 * two streams have is called for each of them, as event_model does.
 */
function streamCallbacks(routes: Routes, message: DocumentMessage): readonly DocumentCallback[] {
  switch (message.name) {
    case 'event':
    case 'event_page':
      return routes.byDescriptor.get(message.doc.descriptor) ?? []
    case 'start':
    case 'descriptor':
      return []
    case 'resource':
    case 'datum':
    case 'datum_page':
    case 'stream_resource':
    case 'stream_datum':
    case 'stop':
    case 'bulk_events':
    case 'bulk_datum':
      return [...routes.byDescriptor.values()].flat()
  }
}
