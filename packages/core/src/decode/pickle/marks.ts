/** So many marks stay in memory between two pickles. */
const kept = 1024

/** Where on the stack the marks are. `Array.pop` would give memory back each time, and take it again. */
export class Marks {
  private readonly places: number[] = []
  private count = 0

  get length(): number {
    return this.count
  }

  /** The last mark; 0, the bottom of the stack, if there is none. */
  get last(): number {
    return this.count > 0 ? (this.places[this.count - 1] as number) : 0
  }

  push(place: number): void {
    this.places[this.count++] = place
  }

  /** Takes the last mark away; undefined if there is none. */
  pop(): number | undefined {
    return this.count > 0 ? this.places[--this.count] : undefined
  }

  clear(): void {
    this.count = 0
    if (this.places.length > kept) this.places.length = 0
  }
}
