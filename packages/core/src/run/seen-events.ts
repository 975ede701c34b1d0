import { toNumber } from '../documents/values/numbers.js'
import { Recent } from './recent.js'

/** How many of a stream's latest `seq_num`s keep what their event's uid was: 64 KiB of a stream. */
const most = 2 ** 14

/** How many events are remembered that others, taken anew, have replaced. */
const mostReplaced = 1000

/**
 * The events of one stream that came, by `seq_num` and uid.
 *
 * The `seq_num` alone does not tell: after a pause or suspension bluesky's RunEngine goes back to the last
 * checkpoint, counters and all, and takes the data anew. Those events have new uids and the old `seq_num`s.
 * Of each uid a hash of 32 bits is kept, and compared to those of the same `seq_num` only.
 */
export class SeenEvents {
  #hashes = new Int32Array(0)
  #highest = -1
  #latest = -Infinity
  #replaced: Recent<true> | undefined

  /**
   * Whether an event came before; notes it if not.
   *
   * @param counted - whether an event of that number was counted: asked about what is not remembered.
   */
  isAgain(
    seqNum: number,
    uid: unknown,
    time: unknown,
    descriptor: string,
    counted: (seqNum: number) => boolean,
  ): boolean {
    const hash = hashOf(typeof uid === 'string' ? uid : '')
    // almost always
    if (seqNum > this.#highest) this.#note(seqNum, hash)
    else if (this.#came(seqNum, hash, uid, time, descriptor, counted)) return true
    const seconds = toNumber(time)
    if (seconds !== undefined && seconds > this.#latest) this.#latest = seconds
    return false
  }

  #came(
    seqNum: number,
    hash: number,
    uid: unknown,
    time: unknown,
    descriptor: string,
    counted: (seqNum: number) => boolean,
  ): boolean {
    // as catch-up makes them: a uid that says no more than the `seq_num` does
    if (uid === `${descriptor}/${seqNum}` && counted(seqNum)) return true
    const size = this.#hashes.length
    if (seqNum <= this.#highest - size || seqNum < 0) {
      // what was taken anew is later than all before it
      return counted(seqNum) && !((toNumber(time) ?? -Infinity) > this.#latest)
    }
    const at = seqNum & (size - 1)
    const known = this.#hashes[at] as number
    if (known === hash || this.#replaced?.has(`${seqNum} ${hash}`)) return true
    if (known !== 0) {
      this.#replaced ??= new Recent(mostReplaced)
      this.#replaced.note(`${seqNum} ${known}`, true)
    }
    this.#hashes[at] = hash
    return false
  }

  /** Notes an event beyond all that came. */
  #note(seqNum: number, hash: number): void {
    let { length } = this.#hashes
    if (seqNum >= length && length < most) {
      length = Math.max(length, 64)
      while (length <= seqNum && length < most) length *= 2
      const hashes = new Int32Array(length)
      // up to here each was at its own number
      hashes.set(this.#hashes)
      this.#hashes = hashes
    }
    this.#highest = seqNum
    this.#hashes[seqNum & (length - 1)] = hash
  }
}

/** FNV-1a, some 40 ns for a UUID; never 0, which stands for none. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return hash || 1
}
