import type { DocumentMessage } from '../../documents/messages.js'

/** A place in Kafka's log. */
export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  /** The offset of the next message wanted, as Kafka counts: a whole number, written out. */
  readonly offset: string
}

interface Held {
  readonly partition: string
  readonly offset: bigint
  /** By the clock of `performance.now()`, in milliseconds. */
  readonly since: number
}

/**
 * How far each partition may be committed: not past the Run Start of a run that is open, so that after a crash all of
 * its documents come again.
 */
export class Offsets {
  readonly #holdOpenRuns: number
  readonly #next = new Map<string, { topic: string; partition: number; offset: bigint }>()
  readonly #held = new Map<string, Held>()

  constructor(holdOpenRuns: number) {
    this.#holdOpenRuns = holdOpenRuns
  }

  /** A message was taken in. */
  passed(topic: string, partition: number, offset: string, message: DocumentMessage | null): void {
    const key = `${partition} ${topic}`
    const at = BigInt(offset)
    this.#next.set(key, { topic, partition, offset: at + 1n })
    if (message?.name === 'start' && !this.#held.has(message.doc.uid)) {
      this.#held.set(message.doc.uid, { partition: key, offset: at, since: performance.now() })
    } else if (message?.name === 'stop') {
      this.#held.delete(message.doc.run_start)
    }
  }

  /** Where each partition can be taken up again, as it is now. */
  committable(): PartitionOffset[] {
    const now = performance.now()
    const first = new Map<string, bigint>()
    for (const [uid, { partition, offset, since }] of this.#held) {
      if (now - since > this.#holdOpenRuns) {
        this.#held.delete(uid)
        continue
      }
      const known = first.get(partition)
      if (known === undefined || offset < known) first.set(partition, offset)
    }
    return [...this.#next].map(([key, { topic, partition, offset }]) => ({
      topic,
      partition,
      offset: String(first.get(key) ?? offset),
    }))
  }

  /** The partitions were given anew: what was counted of them is void. */
  clear(): void {
    this.#next.clear()
    this.#held.clear()
  }
}
