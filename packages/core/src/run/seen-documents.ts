import type { BulkEvents } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'
import { listOf, pickRows } from './page-rows.js'
import { RecentSet } from './recent-set.js'
import type { StreamCounts } from './stream-counts.js'

/** How many datums, and how many stream datums, of a run are remembered by their ids at least. */
const remembered = 5000

/** The documents that can hold several things, or come thousands of times. */
type Repeated = DocumentMessage & {
  name:
    'event' | 'event_page' | 'bulk_events' | 'datum' | 'datum_page' | 'bulk_datum' | 'stream_datum'
}

/**
 * The events, datums and stream datums of one run that came, so that what comes once more is told from what
 * is new: by a second proxy, or from a broker that delivers at least once.
 */
export class SeenDocuments {
  readonly #counts: StreamCounts
  readonly #datums = new SeenDatums(remembered)
  #streamDatums: RecentSet | undefined

  constructor(counts: StreamCounts) {
    this.#counts = counts
  }

  /** What of a document is new: all of it, a document of the rest, or null for nothing. Notes what is. */
  unseen(message: Repeated): DocumentMessage | null {
    const { name, doc } = message
    switch (name) {
      case 'event':
        return this.#counts.isAgain(doc.descriptor, doc) ? null : message
      case 'event_page':
        return this.#unseenPage(message)
      case 'bulk_events':
        return this.#unseenBulk(message)
      case 'stream_datum': {
        // by the uid: the same `seq_nums` come from each detector, and again where data are taken anew
        if (typeof doc.uid !== 'string') return message
        this.#streamDatums ??= new RecentSet(remembered)
        if (this.#streamDatums.has(doc.uid)) return null
        this.#streamDatums.add(doc.uid)
        return message
      }
      default:
        return this.#datums.unseen(message)
    }
  }

  #unseenPage(message: DocumentMessage & { name: 'event_page' }): DocumentMessage | null {
    const { doc } = message
    const seqNums = listOf(doc.seq_num)
    if (!seqNums || seqNums.length === 0) return message
    const [uids, times] = [listOf(doc.uid), listOf(doc.time)]
    const rows: number[] = []
    for (let i = 0; i < seqNums.length; i += 1) {
      const event = { seq_num: seqNums[i], uid: uids?.[i], time: times?.[i] }
      if (!this.#counts.isAgain(doc.descriptor, event)) rows.push(i)
    }
    if (rows.length === seqNums.length) return message
    if (rows.length === 0) return null
    const cut: Record<string, unknown> = { ...doc }
    for (const field of ['seq_num', 'uid', 'time', 'data', 'timestamps', 'filled'] as const) {
      if (field in doc) cut[field] = pickRows(doc[field], rows)
    }
    return { name: 'event_page', doc: cut } as unknown as DocumentMessage
  }

  #unseenBulk(message: DocumentMessage & { name: 'bulk_events' }): DocumentMessage | null {
    const left: [string, BulkEvents[string]][] = []
    let [all, fresh] = [0, 0]
    for (const [descriptor, events] of Object.entries(message.doc)) {
      if (!Array.isArray(events)) return message
      const unseen = events.filter((event: unknown) => !this.#counts.isAgain(descriptor, event))
      all += events.length
      fresh += unseen.length
      if (unseen.length > 0) left.push([descriptor, unseen])
    }
    if (fresh === all) return message
    return fresh === 0 ? null : { name: 'bulk_events', doc: Object.fromEntries(left) }
  }
}

/** Datums that came, by their `datum_id`. */
export class SeenDatums {
  readonly #most: number
  #ids: RecentSet | undefined

  /**
   * @param most - how many of the latest are remembered at least.
   */
  constructor(most: number) {
    this.#most = most
  }

  /** As {@link SeenDocuments.unseen}. */
  unseen(
    message: DocumentMessage & { name: 'datum' | 'datum_page' | 'bulk_datum' },
  ): DocumentMessage | null {
    const { name, doc } = message
    if (name === 'datum') return this.#isAgain(doc.datum_id) ? null : message
    const field = name === 'datum_page' ? 'datum_id' : 'datum_ids'
    const fields = doc as unknown as Readonly<Record<string, unknown>>
    const ids = listOf(fields[field])
    if (!ids || ids.length === 0) return message
    const rows = [...ids.keys()].filter((row) => !this.#isAgain(ids[row]))
    if (rows.length === ids.length) return message
    if (rows.length === 0) return null
    const more = name === 'datum_page' ? 'datum_kwargs' : 'datum_kwarg_list'
    const cut = {
      ...fields,
      [field]: pickRows(fields[field], rows),
      [more]: pickRows(fields[more], rows),
    }
    return { name, doc: cut } as unknown as DocumentMessage
  }

  #isAgain(id: unknown): boolean {
    if (typeof id !== 'string') return false
    this.#ids ??= new RecentSet(this.#most)
    if (this.#ids.has(id)) return true
    this.#ids.add(id)
    return false
  }
}
