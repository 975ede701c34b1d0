import type { EventDescriptor, RunStart, RunStop } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'
import type { RunOrigin } from '../documents/run-origin.js'
import { toNumber } from '../documents/values/numbers.js'
import type { Gap } from './gap.js'
import type { Miscount } from './miscount.js'
import { Recent } from './recent.js'
import type { AbandonReason, RunRecord } from './run-record.js'
import { SeenDocuments } from './seen-documents.js'
import { StreamCounts } from './stream-counts.js'

/** How many of a run's resources are remembered, to tell whose their datums are. */
const rememberedResources = 1000

/** How many of a run's descriptors are kept: one that configures a device at each point makes thousands. */
const keptDescriptors = 1000

const noGaps: readonly Gap[] = []

/**
 * What is known of one run: its Run Start, descriptors and Run Stop, what was counted on the way, and what is
 * known to be lost of it.
 *
 * Events are counted and let go, so that an open run takes the same memory however long it is.
 *
 * @example
 * ```ts
 * import { Run } from '@prompt-papermill/core'
 *
 * const run = new Run('5d8beb4d')
 * run.add({ name: 'start', doc: { uid: '5d8beb4d', time: 1795444364.8, plan_name: 'count' } })
 * console.log(run.start.plan_name, run.stopped, run.complete) // count false false
 * ```
 */
export class Run {
  /** That of its Run Start, by which the other documents name it. */
  readonly uid: string
  /** Which way it came: that of its first document. */
  readonly origin: RunOrigin
  #start: RunStart | null = null
  #stop: RunStop | null = null
  #documents = 0
  #joined = false
  #duplicates = 0
  #interruptions = 0
  #abandoned: AbandonReason | null = null
  #restored = false
  #seenAt = performance.now()
  readonly #descriptors: EventDescriptor[] = []
  readonly #counts = new StreamCounts()
  readonly #resources = new Recent<true>(rememberedResources)
  readonly #seen = new SeenDocuments(this.#counts)
  #omittedDescriptors = 0

  constructor(uid: string, origin: RunOrigin = 'live') {
    this.uid = uid
    this.origin = origin
  }

  /** Makes a run of what {@link Run.toRecord} gave. Its counts go on from there. */
  static fromRecord(record: RunRecord): Run {
    const run = new Run(record.uid, record.origin)
    run.#start = record.start
    run.#stop = record.stop
    run.#documents = record.documents
    run.#joined = record.joined ?? false
    run.#duplicates = record.duplicates ?? 0
    run.#interruptions = record.interruptions ?? 0
    run.#abandoned = record.abandoned ?? null
    run.#restored = true
    for (const descriptor of record.descriptors) run.#describe(descriptor)
    run.#omittedDescriptors = record.omittedDescriptors ?? 0
    for (const uid of record.resources ?? []) run.#resources.note(uid, true)
    run.#counts.restore(record.events, record.gaps)
    return run
  }

  /**
   * The Run Start. {@link Run.started} tells whether it came.
   *
   * Rules and actions see only runs whose Run Start was received, so they can use it as it is.
   *
   * @throws TypeError if it was missed.
   */
  get start(): RunStart {
    if (this.#start === null) throw new TypeError(`the Run Start of ${this.uid} was not received`)
    return this.#start
  }

  /** The Run Stop, or null while the run is open. */
  get stop(): RunStop | null {
    return this.#stop
  }

  /** Whether the Run Start was received. */
  get started(): boolean {
    return this.#start !== null
  }

  /** Whether the Run Stop was received. */
  get stopped(): boolean {
    return this.#stop !== null
  }

  /** The descriptors received, in order; each once, and the first 1,000 of them. */
  get descriptors(): readonly EventDescriptor[] {
    return this.#descriptors
  }

  /** How many descriptors were received beyond those that are kept. */
  get omittedDescriptors(): number {
    return this.#omittedDescriptors
  }

  /** The uids of its latest resources and stream resources, at most 1,000; the one used last is the last. */
  get resources(): readonly string[] {
    return this.#resources.uids
  }

  /** How many documents were received, of any kind; those that came again don't count. */
  get documents(): number {
    return this.#documents
  }

  /** Events received, by stream name. Each `seq_num` counts once, however often it came. */
  get events(): Readonly<Record<string, number>> {
    return this.#counts.events
  }

  /** The names of the streams, in the order in which they appeared. */
  get streams(): readonly string[] {
    return this.#counts.names
  }

  /** Events that did not come: holes in `seq_num`, and what `num_events` of the Run Stop says is missing. */
  get gaps(): readonly Gap[] {
    return this.#counts.gaps(this.#stop?.num_events)
  }

  /**
   * Streams of which fewer or more events were received than `num_events` of the Run Stop says. Empty while
   * the run is open.
   */
  get miscounts(): readonly Miscount[] {
    return this.#counts.miscounts(this.#stop?.num_events)
  }

  /** Whether it was joined in the middle: another document of it came before its Run Start, or without. */
  get joined(): boolean {
    return this.#joined
  }

  /**
   * How many of its documents came again, in whole or in part, as by way of a second proxy; what came first
   * counts. Data that were taken anew, as after a pause, are new: another event with the same `seq_num`.
   */
  get duplicates(): number {
    return this.#duplicates
  }

  /**
   * How often the connection was lost, or its reader was away, while it was open. What was published then did
   * not come; gaps and miscounts tell what they can of it.
   */
  get interruptions(): number {
    return this.#interruptions
  }

  /** Why a tracker gave it up before its Run Stop came; null if it did not. */
  get abandoned(): AbandonReason | null {
    return this.#abandoned
  }

  /** Whether it was made from a record: what came before, nobody in this process has seen. */
  get restored(): boolean {
    return this.#restored
  }

  /** When its last document came, or it was made of a record; by this machine's clock as it is set now. */
  get lastSeenAt(): Date {
    return new Date(Date.now() - (performance.now() - this.#seenAt))
  }

  /** Seconds between Run Start and Run Stop, or null while one of them, or its time, is missing. */
  get duration(): number | null {
    const from = toNumber(this.#start?.time)
    const to = toNumber(this.#stop?.time)
    return from === undefined || to === undefined ? null : to - from
  }

  /**
   * Whether all of the run was received: start and stop seen, no gap in `seq_num`, and `num_events`
   * agrees where it is given. A run with its stop that is not complete is *stopped*.
   */
  get complete(): boolean {
    return this.started && this.stopped && this.gaps.length === 0 && this.miscounts.length === 0
  }

  /**
   * Takes in one document of this run.
   *
   * @returns the holes in `seq_num` that it shows for the first time; of a stream at most the first 1,000.
   */
  add(message: DocumentMessage): readonly Gap[] {
    this.#documents += 1
    this.#seenAt = performance.now()
    if (!this.#start && message.name !== 'start') this.#joined = true
    switch (message.name) {
      case 'start':
        this.#start ??= message.doc
        break
      case 'stop':
        this.#stop ??= message.doc
        break
      case 'descriptor':
        this.#describe(message.doc)
        break
      case 'event':
      case 'event_page':
      case 'bulk_events':
        return this.#counts.see(message)
      case 'stream_datum':
        this.#use(message.doc.stream_resource)
        return this.#counts.see(message)
      case 'resource':
      case 'stream_resource':
        this.#resources.note(message.doc.uid, true)
        break
      case 'datum':
      case 'datum_page':
        this.#use(message.doc.resource)
        break
      case 'bulk_datum':
        this.#use((message.doc as { resource?: unknown }).resource)
        break
    }
    return noGaps
  }

  /** For trackers: {@link Run.lastSeenAt} by `performance.now()`, which no setting of the clock changes. */
  get seenAt(): number {
    return this.#seenAt
  }

  /** For trackers: the uids of what its documents refer to, as far as they are remembered. */
  get owned(): readonly string[] {
    return [...this.#resources.uids, ...this.#counts.descriptors]
  }

  /** For trackers: the one of {@link Run.owned} that is forgotten next, of a descriptor's or resource's kind. */
  oldestOf(name: 'descriptor' | 'resource' | 'stream_resource'): string | undefined {
    return name === 'descriptor' ? this.#counts.oldestDescriptor : this.#resources.oldest
  }

  /**
   * For trackers: what of a document is new, to be added: itself, a page of the rows that are, or null. What
   * has a uid of its own is the tracker's to know.
   */
  unseen(message: DocumentMessage): DocumentMessage | null {
    switch (message.name) {
      case 'start':
        return this.started ? null : message
      case 'stop':
        return this.stopped ? null : message
      case 'descriptor':
      case 'resource':
      case 'stream_resource':
        return message
      default:
        return this.#seen.unseen(message)
    }
  }

  /** For trackers: a document came again, in whole or in part; what it refers to stays in use. */
  noteDuplicate(message?: DocumentMessage): void {
    this.#duplicates += 1
    this.#seenAt = performance.now()
    if (message?.name === 'stream_datum') this.#use(message.doc.stream_resource)
    else if (message && 'resource' in message.doc) this.#use(message.doc.resource)
  }

  /** For trackers: the connection was lost, or its reader away, while it was open. */
  noteInterruption(): void {
    this.#interruptions += 1
  }

  /** For trackers: it was given up. */
  noteAbandoned(why: AbandonReason): void {
    this.#abandoned = why
  }

  /** Everything about the run as plain data; where there is nothing to say, nothing is said. */
  toRecord(): RunRecord {
    const { miscounts, resources } = this
    return {
      uid: this.uid,
      start: this.#start,
      descriptors: [...this.#descriptors],
      stop: this.#stop,
      events: this.events,
      gaps: this.gaps,
      documents: this.#documents,
      complete: this.complete,
      ...(miscounts.length > 0 && { miscounts }),
      ...(this.#joined && { joined: true }),
      ...(this.#duplicates > 0 && { duplicates: this.#duplicates }),
      ...(this.#interruptions > 0 && { interruptions: this.#interruptions }),
      ...(this.origin !== 'live' && { origin: this.origin }),
      ...(this.#omittedDescriptors > 0 && { omittedDescriptors: this.#omittedDescriptors }),
      ...(this.#abandoned && { abandoned: this.#abandoned }),
      // nothing more comes of one that has stopped
      ...(resources.length > 0 && !this.stopped && { resources }),
    }
  }

  #describe(descriptor: EventDescriptor): void {
    // a document can come twice, by way of two proxies for one
    if (!this.#counts.describe(descriptor)) return
    if (this.#descriptors.length < keptDescriptors) this.#descriptors.push(descriptor)
    else this.#omittedDescriptors += 1
  }

  /** What is in use is not forgotten for what is newer. */
  #use(resource: unknown): void {
    if (typeof resource === 'string' && this.#resources.has(resource)) {
      this.#resources.note(resource, true)
    }
  }
}
