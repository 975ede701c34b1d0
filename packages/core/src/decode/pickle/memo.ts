import { failure } from '../failure.js'

/** More than this no document has; it takes some 100 MB. */
const maxValues = 8 * 1024 * 1024

/** A pickle's memo: values by number, which later opcodes refer to. */
export class Memo {
  /** From 0 to before `end`; what lies behind is of no meaning. Undefined where nothing was kept. */
  private readonly values: unknown[] = []
  private end = 0
  /** How many values there are, which is the next number of MEMOIZE. */
  private count = 0

  /** The number under which MEMOIZE keeps the next value. */
  get next(): number {
    return this.count
  }

  /** MEMOIZE: keeps a value under the next number. */
  add(value: unknown): void {
    if (this.count === this.end && this.count < maxValues) {
      this.values[this.end++] = value
      this.count++
    } else {
      this.put(this.count, value)
    }
  }

  /**
   * PUT: keeps a value under a number.
   *
   * @throws BlueskyError `too-large` for a number beyond all documents.
   */
  put(index: number, value: unknown): void {
    const { values } = this
    if (index >= maxValues) {
      throw failure('too-large', `pickle: a memo of more than ${maxValues} values`)
    }
    // no holes, which would slow down every later access
    while (this.end <= index) values[this.end++] = undefined
    if (values[index] === undefined) this.count++
    values[index] = value
  }

  /** @throws BlueskyError `bad-payload` if nothing was kept under that number. */
  get(index: number): unknown {
    const value = index < this.end ? this.values[index] : undefined
    if (value === undefined) throw failure('bad-payload', `pickle: nothing in the memo at ${index}`)
    return value
  }

  /** Begins a pickle. */
  reset(): void {
    this.end = 0
    this.count = 0
  }

  /** Lets go of what the last pickle left. */
  forget(): void {
    this.reset()
    this.values.length = 0
  }
}
