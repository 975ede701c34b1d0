import type { EventDescriptor, RunStop } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'
import { toNumber } from '../documents/values/numbers.js'
import type { Gap } from './gap.js'
import type { Miscount } from './miscount.js'
import { Recent } from './recent.js'
import { StreamCount } from './stream-count.js'

/** The documents that hold events, or say where they are. */
export type EventsMessage = DocumentMessage & {
  name: 'event' | 'event_page' | 'bulk_events' | 'stream_datum'
}

/** What a Run Stop says was emitted. */
type NumEvents = RunStop['num_events']

const none: readonly Gap[] = []

/** How many streams of a run are counted. */
const maxStreams = 1000

/** How many descriptors are remembered by which their events are told to be of a stream. */
const maxDescriptors = 10_000

/** The events of one run, counted by stream. */
export class StreamCounts {
  readonly #streams = new Map<string, StreamCount>()
  /** The streams by the uids of their descriptors. */
  readonly #byDescriptor = new Recent<StreamCount>(maxDescriptors)

  /** The names of the streams, in the order in which they appeared. */
  get names(): readonly string[] {
    return [...this.#streams.keys()]
  }

  /** Events by stream name. */
  get events(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#streams].map(([name, { events }]) => [name, events]))
  }

  /** Takes in a descriptor; false if it was known. */
  describe({ uid, name = 'primary' }: EventDescriptor): boolean {
    if (this.#byDescriptor.has(uid)) return false
    this.#byDescriptor.note(uid, this.#stream(name))
    return true
  }

  /** The uids of the descriptors that are remembered, the latest last. */
  get descriptors(): readonly string[] {
    return this.#byDescriptor.uids
  }

  /** The descriptor that is forgotten next. */
  get oldestDescriptor(): string | undefined {
    return this.#byDescriptor.oldest
  }

  /** Whether an event of that descriptor came before; notes it if not, and counts nothing. */
  isAgain(descriptor: string, event: unknown): boolean {
    return this.#of(descriptor).isAgain(event ?? {}, descriptor)
  }

  /** Counts events; returns the holes that they show for the first time. */
  see(message: EventsMessage): readonly Gap[] {
    const { name, doc } = message
    switch (name) {
      case 'event': {
        const gap = this.#of(doc.descriptor).see(doc.seq_num)
        return gap ? [gap] : none
      }
      case 'event_page':
        return this.#of(doc.descriptor).seeAll(doc.seq_num)
      case 'bulk_events':
        return Object.entries(doc).flatMap(([descriptor, events]: [string, unknown]) =>
          Array.isArray(events) ? this.#of(descriptor).seeAll(events.map(seqNumOf)) : none,
        )
      case 'stream_datum': {
        // one that was composed and not yet given to a descriptor counts for none
        if (doc.descriptor === '') return none
        const gap = this.#of(doc.descriptor).seeRange(doc.seq_nums)
        return gap ? [gap] : none
      }
    }
  }

  /** What is missing: holes, and with `num_events` also what lacks at the ends. */
  gaps(expected: NumEvents): Gap[] {
    const names = new Set([...this.#streams.keys(), ...Object.keys(expected ?? {})])
    return [...names].flatMap((name) => {
      const count = this.#streams.get(name) ?? new StreamCount(name)
      return count.gaps(toNumber(expected?.[name]))
    })
  }

  /** Where the counts and `num_events` disagree. */
  miscounts(numEvents: NumEvents): Miscount[] {
    return Object.entries(numEvents ?? {}).flatMap(([stream, number]) => {
      const expected = toNumber(number) ?? null
      const received = this.#streams.get(stream)?.events ?? 0
      return received === expected ? [] : [{ stream, expected, received }]
    })
  }

  /** Goes on from what {@link StreamCounts.events} and {@link StreamCounts.gaps} said earlier. */
  restore(events: Readonly<Record<string, number>>, gaps: readonly Gap[]): void {
    for (const [name, count] of Object.entries(events)) {
      this.#stream(name).restore(
        count,
        gaps.filter(({ stream }) => stream === name),
      )
    }
  }

  #of(descriptor: string): StreamCount {
    return this.#byDescriptor.get(descriptor) ?? this.#stream(descriptor)
  }

  #stream(name: string): StreamCount {
    let count = this.#streams.get(name)
    if (count) return count
    count = new StreamCount(name)
    if (this.#streams.size < maxStreams) this.#streams.set(name, count)
    return count
  }
}

function seqNumOf(event: unknown): unknown {
  return (event as { seq_num?: unknown } | null)?.seq_num
}
