import type { DocumentIssue } from '../documents/validate/validate-document.js'
import type { DocumentByName, DocumentMessage, DocumentName } from '../documents/messages.js'
import type { RunOrigin } from '../documents/run-origin.js'
import type { Dropped, FrameOutcome } from '../decode/frame-reader.js'
import type { BlueskyError } from '../errors/bluesky-error.js'
import { SteadyEmitter } from '../errors/steady-emitter.js'
import { MessageBuffer } from './message-buffer.js'

/** A document that breaks event-model's schema and was delivered all the same. */
export interface Invalid {
  /** The document. */
  readonly message: DocumentMessage
  /** What is wrong with it, each with its path. */
  readonly issues: readonly DocumentIssue[]
}

/** What a source says: each kind of document under its own name, and what happens around them. */
export type SourceEvents = {
  [N in DocumentName]: (doc: DocumentByName[N]) => void
} & {
  /** Every document, whatever its kind. */
  document: (message: DocumentMessage) => void
  /** A frame that could not be used; the stream goes on. */
  dropped: (dropped: Dropped) => void
  /** A document that breaks the schema, delivered right after this. */
  invalid: (invalid: Invalid) => void
  /** A frame with another prefix. */
  ignored: (prefix: string) => void
  /** A reader by `for await` fell behind by more than the backlog; so many documents were left out for it. */
  overflow: (lost: number) => void
  /**
   * The program was busy for so long that the source had more than its backlog to hold; so many frames
   * were thrown away. Said when the program has come along.
   */
  lost: (frames: number) => void
  /**
   * A subscriber or listener threw; the stream goes on, for the others too. The message is the document
   * that it was given, or null if it was about something else. If nobody listens to this, the first such
   * error of a source becomes a warning of the process.
   */
  'subscriber-error': (error: unknown, message: DocumentMessage | null) => void
  /** The connection to that address is there, where a source has one. */
  connected: (address: string) => void
  /** The connection to that address is gone; it comes back by itself. */
  disconnected: (address: string) => void
  /**
   * The other end refuses the connection: a wrong or unlisted CURVE key, none where one is wanted, or no
   * proxy. The reason, of code `connection`, says what to do. Said once and then every ten seconds while it
   * lasts; the source goes on trying.
   */
  refused: (address: string, reason: BlueskyError) => void
  /** The source has ended: it was stopped, or has no more documents. */
  end: () => void
}

/** Whatever takes documents: a function, or an object such as a router. */
export type DocumentSubscriber =
  | ((name: DocumentName, doc: DocumentMessage['doc']) => void)
  | { dispatch(message: DocumentMessage, options: { readonly origin: RunOrigin }): void }

/** What was counted since the start. */
export interface SourceCounts {
  /** Documents that were delivered. */
  documents: number
  /** Frames or lines that could not be used. */
  dropped: number
  /** Of the documents, those that break event-model's schema. */
  invalid: number
  /** Frames with another prefix. */
  ignored: number
}

/**
 * A stream of documents from somewhere: the contract of every source.
 *
 * Read it with typed events, with {@link DocumentSource.subscribe}, or with `for await`. A source of
 * your own extends this class, and calls `deliver` for each frame or document that it gets; the contract
 * suite in `@prompt-papermill/core/testing` checks the rest.
 *
 * @example
 * ```ts
 * import { type DocumentMessage, DocumentSource } from '@prompt-papermill/core'
 * import { makeRunDocuments } from '@prompt-papermill/core/testing'
 *
 * class ListSource extends DocumentSource {
 *   readonly description = 'a list'
 *   readonly #messages: readonly DocumentMessage[]
 *
 *   constructor(messages: readonly DocumentMessage[]) {
 *     super(messages.length)
 *     this.#messages = messages
 *   }
 *
 *   override async start(): Promise<void> {
 *     this.begun()
 *     for (const message of this.#messages) {
 *       this.deliver({ kind: 'document', prefix: '', message, issues: [] })
 *     }
 *     this.ended()
 *   }
 *
 *   override async stop(): Promise<void> {
 *     this.ended()
 *   }
 * }
 * const source = new ListSource(makeRunDocuments({ plan_name: 'count' }).messages)
 * source.on('start', (doc) => console.log(doc.plan_name)) // count
 * await source.start()
 * ```
 */
export abstract class DocumentSource extends SteadyEmitter<SourceEvents> {
  /** What was counted since the start. */
  readonly counts: SourceCounts = { documents: 0, dropped: 0, invalid: 0, ignored: 0 }
  /** How many documents a reader by `for await` may be behind. */
  protected readonly backlog: number
  /** What subscribers are told with each document. */
  #delivery: { readonly origin: RunOrigin } = { origin: 'live' }
  readonly #subscribers = new Set<DocumentSubscriber>()
  readonly #buffers = new Set<MessageBuffer>()
  #over = false
  /** What is being delivered, for `subscriber-error`. */
  #current: DocumentMessage | null = null
  #failing = false
  #warned = false

  protected constructor(backlog: number) {
    super((error) => this.#tellFailure(error))
    this.backlog = backlog
  }

  /** Where the documents come from, for people. */
  abstract readonly description: string

  /** Whether the source is connected now; null for a source that has no connection. */
  get connected(): boolean | null {
    return null
  }

  /** Which way its runs come: as they are measured, unless a source says otherwise. */
  get origin(): RunOrigin {
    return 'live'
  }

  /** Starts the stream; resolves when the source is set up, not when it ends. */
  abstract start(): Promise<void>

  /**
   * Stops the stream and frees what it holds; no document is delivered afterwards. A reader by `for await`
   * still gets what had come, and then its loop ends.
   */
  abstract stop(): Promise<void>

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /**
   * Sends every document to a function or router, in order. Returns the function that ends it.
   * What a subscriber throws becomes a `subscriber-error` event.
   */
  subscribe(subscriber: DocumentSubscriber): () => void {
    this.#delivery = { origin: this.origin }
    this.#subscribers.add(subscriber)
    return () => this.#subscribers.delete(subscriber)
  }

  /** The documents from now on, until the source ends. Start the source for them to come. */
  [Symbol.asyncIterator](): AsyncGenerator<DocumentMessage, void, undefined> {
    const buffer = new MessageBuffer(this.backlog, (lost) => this.emit('overflow', lost))
    if (this.#over) buffer.end()
    else this.#buffers.add(buffer)
    return buffer.read(() => this.#buffers.delete(buffer))
  }

  /**
   * For sources that can wait, as a file can and a socket can't: resolves once no reader by `for await` is
   * more than `most` documents behind, or the source has ended.
   */
  protected async keptUp(most: number): Promise<void> {
    for (const buffer of this.#buffers) if (buffer.length > most) await buffer.drained()
  }

  /** For sources: nothing more will come. Ends the loops of all readers, and says so once. */
  protected ended(): void {
    if (this.#over) return
    this.#over = true
    for (const buffer of this.#buffers) buffer.end()
    this.#buffers.clear()
    this.emit('end')
  }

  /** For sources that can be started again after they have ended. */
  protected begun(): void {
    this.#over = false
  }

  /** For sources: takes in what became of one frame. */
  protected deliver(outcome: FrameOutcome): void {
    switch (outcome.kind) {
      case 'ignored':
        this.counts.ignored += 1
        this.emit('ignored', outcome.prefix)
        break
      case 'dropped':
        this.counts.dropped += 1
        this.emit('dropped', outcome.dropped)
        break
      case 'document':
        this.#current = outcome.message
        this.#deliverDocument(outcome.message, outcome.issues)
        this.#current = null
        break
    }
  }

  /** For sources: calls what others gave, so that what it throws becomes a `subscriber-error`. */
  protected guard(call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#tellFailure(error)
    }
  }

  #deliverDocument(message: DocumentMessage, issues: readonly DocumentIssue[]): void {
    this.counts.documents += 1
    if (issues.length > 0) {
      this.counts.invalid += 1
      this.emit('invalid', { message, issues })
    }
    for (const subscriber of this.#subscribers) {
      // as `guard` does, without a closure for each document
      try {
        if (typeof subscriber === 'function') subscriber(message.name, message.doc)
        else subscriber.dispatch(message, this.#delivery)
      } catch (error) {
        this.#tellFailure(error)
      }
    }
    const doc: unknown = message.doc
    this.emit(message.name, doc as never)
    this.emit('document', message)
    for (const buffer of this.#buffers) buffer.push(message)
  }

  #tellFailure(error: unknown): void {
    // a listener for failures that fails itself is not told of that, for ever
    const heard = !this.#failing && this.listenerCount('subscriber-error') > 0
    if (heard) {
      this.#failing = true
      this.emit('subscriber-error', error, this.#current)
      this.#failing = false
    } else if (!this.#warned) {
      this.#warned = true
      const shown = error instanceof Error ? (error.stack ?? error.message) : String(error)
      process.emitWarning(`a subscriber of ${this.description} threw: ${shown}`, 'SubscriberError')
    }
  }
}
