import { NDArray } from '../documents/values/ndarray.js'
import { toNumber } from '../documents/values/numbers.js'
import type { Gap } from './gap.js'

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

  constructor(name: string) {
    this.#name = name
  }

  /** Distinct events seen. */
  get events(): number {
    const covered = this.#seen.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    return covered - this.#forgotten
  }

  see(seqNum: unknown): void {
    const value = toNumber(seqNum)
    if (Number.isSafeInteger(value)) this.#add(value as number, value as number)
  }

  seeAll(seqNums: unknown): void {
    if (seqNums instanceof NDArray) this.seeAll(seqNums.toList())
    else if (Array.isArray(seqNums)) for (const seqNum of seqNums) this.see(seqNum)
  }

  /** A range as `stream_datum` has it: `stop` is not in it. */
  seeRange(range: { readonly start: unknown; readonly stop: unknown } | undefined): void {
    const from = toNumber(range?.start)
    const stop = toNumber(range?.stop)
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(stop)) return
    if ((stop as number) > (from as number)) this.#add(from as number, (stop as number) - 1)
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

  #add(from: number, to: number): void {
    const seen = this.#seen
    // almost always the next in order: look from the end
    let at = seen.length - 1
    while (at >= 0 && (seen[at] as Interval).from > from) at -= 1
    const before = seen[at]
    if (before && from <= before.to + 1) {
      if (to <= before.to) return
      before.to = to
    } else {
      at += 1
      seen.splice(at, 0, { from, to })
    }
    this.#mergeAfter(at)
    if (seen.length > maxIntervals) this.#forgetFirstHole()
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
