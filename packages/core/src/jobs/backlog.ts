/** What a {@link Backlog} orders by. */
export interface Queued {
  readonly id: string
  readonly rule: string
  readonly priority: number
}

/** A place in the order: the higher priority first, then who came first. */
interface Place extends Queued {
  readonly arrival: number
}

/**
 * The jobs that wait for their turn: by priority, then first come, first served. Each rule has a line of its
 * own, so that one which may not begin now holds up no other.
 */
export class Backlog {
  readonly #lines = new Map<string, Place[]>()
  readonly #places = new Map<string, Place>()
  #arrivals = 0

  get size(): number {
    return this.#places.size
  }

  /** Adds at the end of its priority. What is in it already is left where it is. */
  add(queued: Queued): void {
    if (this.#places.has(queued.id)) return
    const place = { ...queued, arrival: (this.#arrivals += 1) }
    this.#places.set(place.id, place)
    const line = this.#lines.get(place.rule)
    if (line) line.splice(positionIn(line, place), 0, place)
    else this.#lines.set(place.rule, [place])
  }

  /** Takes out whose turn it is, among the rules that have room; undefined if there is none. */
  take(hasRoom: (rule: string) => boolean): string | undefined {
    let next: Place | undefined
    for (const [rule, [first]] of this.#lines) {
      if (first && (!next || isBefore(first, next)) && hasRoom(rule)) next = first
    }
    if (next) this.delete(next.id)
    return next?.id
  }

  /** Takes one out; false if it is not in it. */
  delete(id: string): boolean {
    const place = this.#places.get(id)
    if (!place) return false
    this.#places.delete(id)
    const line = this.#lines.get(place.rule) as Place[]
    line.splice(positionIn(line, place), 1)
    if (line.length === 0) this.#lines.delete(place.rule)
    return true
  }
}

/** Where a place is, or belongs, in an ordered line. */
function positionIn(line: readonly Place[], place: Place): number {
  let [low, high] = [0, line.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(line[middle] as Place, place)) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore(a: Place, b: Place): boolean {
  return a.priority === b.priority ? a.arrival < b.arrival : a.priority > b.priority
}
