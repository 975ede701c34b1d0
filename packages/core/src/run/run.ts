import type { EventDescriptor, RunStart, RunStop } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'
import { toNumber } from '../documents/values/numbers.js'
import type { Gap } from './gap.js'
import { StreamCount } from './stream-count.js'

/** A {@link Run} as plain data, to be stored or sent. */
export interface RunRecord {
  readonly uid: string
  readonly start: RunStart | null
  readonly descriptors: readonly EventDescriptor[]
  readonly stop: RunStop | null
  /** Events by stream name. */
  readonly events: Readonly<Record<string, number>>
  readonly gaps: readonly Gap[]
  /** How many documents were received, of any kind. */
  readonly documents: number
  readonly complete: boolean
}

/**
 * What is known of one run: its Run Start, descriptors and Run Stop, and what was counted on the way.
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
  readonly uid: string
  #start: RunStart | null = null
  #stop: RunStop | null = null
  #documents = 0
  readonly #descriptors: EventDescriptor[] = []
  readonly #streams = new Map<string, StreamCount>()
  readonly #streamOf = new Map<string, string>()

  constructor(uid: string) {
    this.uid = uid
  }

  /** Makes a run of what {@link Run.toRecord} gave. Its counts go on from there. */
  static fromRecord(record: RunRecord): Run {
    const run = new Run(record.uid)
    run.#start = record.start
    run.#stop = record.stop
    run.#documents = record.documents
    for (const descriptor of record.descriptors) run.#describe(descriptor)
    for (const [stream, events] of Object.entries(record.events)) {
      run.#stream(stream).restore(
        events,
        record.gaps.filter((gap) => gap.stream === stream),
      )
    }
    return run
  }

  /**
   * The Run Start. Throws if it was missed; {@link Run.started} tells.
   *
   * Rules and actions see only runs whose Run Start was received, so they can use it as it is.
   */
  get start(): RunStart {
    if (this.#start === null) throw new TypeError(`the Run Start of ${this.uid} was not received`)
    return this.#start
  }

  /** The Run Stop, or null while the run is open. */
  get stop(): RunStop | null {
    return this.#stop
  }

  get started(): boolean {
    return this.#start !== null
  }

  get stopped(): boolean {
    return this.#stop !== null
  }

  get descriptors(): readonly EventDescriptor[] {
    return this.#descriptors
  }

  /** How many documents were received, of any kind. */
  get documents(): number {
    return this.#documents
  }

  /** Events received, by stream name. */
  get events(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#streams].map(([name, count]) => [name, count.events]))
  }

  /** The names of the streams, in the order in which they appeared. */
  get streams(): readonly string[] {
    return [...this.#streams.keys()]
  }

  /** Events that did not come: holes in `seq_num`, and what `num_events` of the Run Stop says is missing. */
  get gaps(): readonly Gap[] {
    const expected = this.#stop?.num_events
    const names = new Set([...this.#streams.keys(), ...Object.keys(expected ?? {})])
    return [...names].flatMap((name) => {
      const count = this.#streams.get(name) ?? new StreamCount(name)
      return count.gaps(toNumber(expected?.[name]))
    })
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
    if (!this.started || !this.#stop || this.gaps.length > 0) return false
    return Object.entries(this.#stop.num_events ?? {}).every(
      ([name, expected]) => (this.#streams.get(name)?.events ?? 0) === toNumber(expected),
    )
  }

  /** Takes in one document of this run. */
  add(message: DocumentMessage): void {
    this.#documents += 1
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
        this.#count(message.doc.descriptor).see(message.doc.seq_num)
        break
      case 'event_page':
        this.#count(message.doc.descriptor).seeAll(message.doc.seq_num)
        break
      case 'bulk_events':
        for (const [descriptor, events] of Object.entries(message.doc)) {
          if (!Array.isArray(events)) continue
          const count = this.#count(descriptor)
          for (const event of events as ({ seq_num?: unknown } | null)[]) count.see(event?.seq_num)
        }
        break
      case 'stream_datum':
        if (message.doc.descriptor !== '') {
          this.#count(message.doc.descriptor).seeRange(message.doc.seq_nums)
        }
        break
      case 'resource':
      case 'datum':
      case 'datum_page':
      case 'bulk_datum':
      case 'stream_resource':
        break
    }
  }

  /** Everything about the run as plain data. */
  toRecord(): RunRecord {
    return {
      uid: this.uid,
      start: this.#start,
      descriptors: this.#descriptors,
      stop: this.#stop,
      events: this.events,
      gaps: this.gaps,
      documents: this.#documents,
      complete: this.complete,
    }
  }

  #describe(descriptor: EventDescriptor): void {
    // a document can come twice, by way of two proxies for one
    if (this.#streamOf.has(descriptor.uid)) return
    const name = descriptor.name ?? 'primary'
    this.#descriptors.push(descriptor)
    this.#streamOf.set(descriptor.uid, name)
    this.#stream(name)
  }

  #count(descriptor: string): StreamCount {
    return this.#stream(this.#streamOf.get(descriptor) ?? descriptor)
  }

  #stream(name: string): StreamCount {
    let count = this.#streams.get(name)
    if (!count) this.#streams.set(name, (count = new StreamCount(name)))
    return count
  }
}
