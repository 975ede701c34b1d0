import type { Dropped } from '../decode/frame-reader.js'
import type { DocumentMessage } from '../documents/messages.js'
import type { DocumentIssue } from '../documents/validate/validate-document.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import { DocumentSource } from '../source/document-source.js'

/** How a {@link FakeSource} works. */
export interface FakeSourceOptions {
  /**
   * How many documents a reader by `for await` may be behind.
   *
   * @defaultValue 200000
   */
  backlog?: number
}

/**
 * A source that a test feeds: what is sent is delivered at once.
 *
 * @example
 * ```ts
 * import { RunRouter } from '@prompt-papermill/core'
 * import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
 *
 * const source = new FakeSource()
 * const router = new RunRouter()
 * source.subscribe(router)
 * await source.start()
 * source.send(...makeRunDocuments({ plan_name: 'count' }).messages)
 * await router.settled()
 * console.log(source.counts.documents) // 6
 * ```
 */
export class FakeSource extends DocumentSource {
  readonly description = 'a fake source'
  #live = false

  constructor({ backlog = 200_000 }: FakeSourceOptions = {}) {
    super(backlog)
  }

  override get connected(): boolean {
    return this.#live
  }

  override start(): Promise<void> {
    this.#live = true
    this.begun()
    return Promise.resolve()
  }

  override stop(): Promise<void> {
    this.#live = false
    this.ended()
    return Promise.resolve()
  }

  /**
   * Delivers documents.
   *
   * @throws BlueskyError `closed` if the source was not started, or was stopped.
   */
  send(...messages: readonly DocumentMessage[]): void {
    for (const message of messages) this.sendInvalid(message, [])
  }

  /**
   * Delivers a document as one that breaks the schema.
   *
   * @throws BlueskyError `closed` as {@link FakeSource.send}.
   */
  sendInvalid(message: DocumentMessage, issues: readonly DocumentIssue[]): void {
    this.#check()
    this.deliver({ kind: 'document', prefix: '', message, issues })
  }

  /**
   * Says that a frame was dropped, by default as `bad-payload`.
   *
   * @throws BlueskyError `closed` as {@link FakeSource.send}.
   */
  drop(dropped: Partial<Dropped> = {}): void {
    this.#check()
    const given = { reason: 'bad-payload', name: null, bytes: 0, message: 'dropped', ...dropped }
    this.deliver({ kind: 'dropped', dropped: given as Dropped })
  }

  /**
   * Says that a frame of another prefix came.
   *
   * @throws BlueskyError `closed` as {@link FakeSource.send}.
   */
  ignore(prefix: string): void {
    this.#check()
    this.deliver({ kind: 'ignored', prefix })
  }

  #check(): void {
    if (this.#live) return
    throw new BlueskyError('closed', 'this fake source is not started: await source.start() first')
  }
}
