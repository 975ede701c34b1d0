import { NDArray } from '../documents/values/ndarray.js'
import { toNumber } from '../documents/values/numbers.js'
import type { Gap } from './gap.js'
import { SeenEvents } from './seen-events.js'

/** How many separate holes of one stream are remembered one by one. */
const maxIntervals = 1000

/** Both ends inclusive. */
interface Interval {
  from: number
  to: number
}

/**
 * The `seq_num`s seen in one stream, as intervals.
 *
 * A `seq_num` counts once however often it comes: bluesky emits it again after a pause that rewinds to
 * a checkpoint, and every detector of a stream sends its own `stream_datum`s.
 */
export class StreamCount {
  readonly #name: string
  readonly #seen: Interval[] = []
  /** Missing `seq_num`s between intervals that were merged to bound the memory. */
  #forgotten = 0
  readonly #events = new SeenEvents()
  /** How many holes were told when they were first seen. */
  #told = 0

  constructor(name: string) {
    this.#name = name
  }

  /** Distinct events seen. */
  get events(): number {
    const covered = this.#seen.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    return covered - this.#forgotten
  }

  /**
   * Whether an event came before, by its `seq_num` and uid; notes it if not, and counts nothing. One whose
   * `seq_num` is none can't be told.
   */
  isAgain(
    { seq_num, uid, time }: { seq_num?: unknown; uid?: unknown; time?: unknown },
    descriptor: string,
  ): boolean {
    const seqNum = toNumber(seq_num)
    if (!Number.isSafeInteger(seqNum)) return false
    return this.#events.isAgain(seqNum as number, uid, time, descriptor, this.#has)
  }

  /** Counts an event; returns the hole that it shows for the first time, if it shows one. */
  see(seqNum: unknown): Gap | undefined {
    const value = toNumber(seqNum)
    if (Number.isSafeInteger(value)) return this.#add(value as number, value as number)
    return undefined
  }

  /** Counts the events of a page; returns the holes as {@link StreamCount.see} does. */
  seeAll(seqNums: unknown): Gap[] {
    if (seqNums instanceof NDArray) return this.seeAll([...(seqNums.data as Iterable<unknown>)])
    if (!Array.isArray(seqNums)) return []
    return seqNums.flatMap((seqNum) => this.see(seqNum) ?? [])
  }

  /** A range as `stream_datum` has it: `stop` is not in it. Returns as {@link StreamCount.see} does. */
  seeRange(
    range: { readonly start: unknown; readonly stop: unknown } | undefined,
  ): Gap | undefined {
    const from = toNumber(range?.start)
    const stop = toNumber(range?.stop)
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(stop)) return undefined
    if ((stop as number) <= (from as number)) return undefined
    return this.#add(from as number, (stop as number) - 1)
  }

  /**
   * What is missing: before the first, between, and, if `expected` (of `num_events`) says so, at the end.
   */
  gaps(expected: number | undefined): Gap[] {
    const gaps: Gap[] = []
    let next = 1
    for (const { from, to } of this.#seen) {
      if (from > next) gaps.push({ stream: this.#name, from: next, to: from - 1 })
      next = to + 1
    }
    if (expected !== undefined && expected >= next) {
      gaps.push({ stream: this.#name, from: next, to: expected })
    }
    return gaps
  }

  /** Sets the count to what {@link StreamCount.events} and {@link StreamCount.gaps} said earlier. */
  restore(events: number, gaps: readonly Gap[]): void {
    const missing = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    let next = 1
    for (const { from, to } of [...gaps, { from: events + missing + 1, to: 0 }]) {
      if (from > next) this.#seen.push({ from: next, to: from - 1 })
      next = to + 1
    }
  }

  readonly #has = (seqNum: number): boolean =>
    this.#seen.some(({ from, to }) => from <= seqNum && seqNum <= to)

  #add(from: number, to: number): Gap | undefined {
    const seen = this.#seen
    // almost always the next in order: look from the end
    let at = seen.length - 1
    while (at >= 0 && (seen[at] as Interval).from > from) at -= 1
    const before = seen[at]
    if (before && from <= before.to + 1) {
      if (to <= before.to) return undefined
      before.to = to
      this.#mergeAfter(at)
      return undefined
    }
    at += 1
    // what comes late splits a hole that was told, or fills it
    const hole = at === seen.length ? this.#holeBetween(before, from) : undefined
    seen.splice(at, 0, { from, to })
    this.#mergeAfter(at)
    if (seen.length > maxIntervals) this.#forgetFirstHole()
    return hole
  }

  #holeBetween(before: Interval | undefined, next: number): Gap | undefined {
    const from = before ? before.to + 1 : 1
    // a stream of nothing but holes says so for the first of them
    if (next <= from || this.#told >= maxIntervals) return undefined
    this.#told += 1
    return { stream: this.#name, from, to: next - 1 }
  }

  #mergeAfter(at: number): void {
    const seen = this.#seen
    const current = seen[at] as Interval
    for (let next = seen[at + 1]; next && next.from <= current.to + 1; next = seen[at + 1]) {
      current.to = Math.max(current.to, next.to)
      seen.splice(at + 1, 1)
    }
  }

  #forgetFirstHole(): void {
    const [first, second] = this.#seen as [Interval, Interval]
    this.#forgotten += second.from - first.to - 1
    first.to = second.to
    this.#seen.splice(1, 1)
  }
}
