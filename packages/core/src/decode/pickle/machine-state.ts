import type { Budget } from '../budget.js'
import type { Dict } from '../dicts.js'
import { failure } from '../failure.js'
import { StringCache } from '../string-cache.js'
import { decodeUtf8WithSurrogates } from '../utf8.js'
import { ZoneOffsets } from '../zone-offsets.js'
import { Globals } from './globals.js'
import { DeferredScalar } from './deferred-scalar.js'
import { type BuildContext, Internal, PickledDtype, longestSmall } from './internal.js'
import { Marks } from './marks.js'
import { Memo } from './memo.js'
import { opcodeName } from './opcodes.js'

/** What is made of so few bytes may stay until the next payload comes. */
const smallPayload = 65_536
const nothing: Uint8Array = new Uint8Array(0)
const nothingSeen = new DataView(nothing.buffer)

/** What the opcodes of a pickle work on: the payload, the stack and the memo. */
export class MachineState implements BuildContext {
  readonly globals: Globals
  readonly zones = new ZoneOffsets()
  readonly strings: StringCache
  readonly memo = new Memo()

  /** The payload, and what comes next of it. */
  bytes = nothing
  view = nothingSeen
  at = 0
  protocol = 0

  /** Values, from 0 to before `top`; what lies above is of no meaning. */
  readonly stack: unknown[] = []
  top = 0
  readonly marks = new Marks()
  /** The last of them: no opcode but those that end a mark reach below. */
  floor = 0

  /** Whether a container may appear at more than one place of the result. */
  isShared = false
  /** Sets, to be sorted when all their elements are there. */
  readonly sets: unknown[][] = []
  /** Maps by the plain objects that they replaced. */
  readonly replaced = new Map<unknown, Dict>()
  /** By the opaque object, its arguments where they end in the items it was given. */
  readonly givenItems = new Map<unknown, unknown[]>()

  constructor(
    enums: readonly string[],
    readonly budget: Budget,
  ) {
    this.globals = new Globals(enums)
    this.strings = new StringCache(decodeUtf8WithSurrogates, budget)
  }

  /** Begins a pickle. */
  begin(payload: Uint8Array): void {
    this.bytes = payload
    this.view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
    this.at = 0
    this.protocol = 0
    this.top = 0
    this.floor = 0
    this.isShared = false
    this.memo.reset()
    this.strings.use(payload, this.view)
  }

  /** Lets go of the payload and, unless it was a small one, of all that was made of it. */
  forget(): void {
    const { stack, marks, sets, replaced, givenItems } = this
    if (this.bytes.length > smallPayload) {
      stack.length = 0
      this.memo.forget()
    }
    marks.clear()
    if (sets.length > 0) sets.length = 0
    if (replaced.size > 0) replaced.clear()
    if (givenItems.size > 0) givenItems.clear()
    this.strings.forget()
    this.bytes = nothing
    this.view = nothingSeen
  }

  push(value: unknown): void {
    this.stack[this.top++] = value
  }

  /** Pushes a string, or a number; a long integer takes memory as a string does. */
  pushScalar(value: string | number | bigint): void {
    if (typeof value !== 'number') this.budget.takeTexts(1)
    this.push(value)
  }

  pop(): unknown {
    this.need(1)
    return this.stack[--this.top]
  }

  /** @throws BlueskyError `bad-payload` unless there are `count` values above the last mark. */
  need(count: number): void {
    if (this.top - count < this.floor) throw this.underflow()
  }

  /** Ends the last mark; returns where on the stack it was. */
  popMark(): number {
    const { marks } = this
    const mark = marks.pop()
    if (mark === undefined) throw this.bad('there is no mark')
    this.floor = marks.last
    return mark
  }

  /** Takes the values above the last mark off the stack. */
  popToMark(): unknown[] {
    const mark = this.popMark()
    this.budget.takeObjects(1)
    this.budget.takeValues(this.top - mark)
    const values = this.stack.slice(mark, this.top)
    this.top = mark
    return values
  }

  /** Passes over `count` bytes of the payload; returns where they start. */
  take(count: number): number {
    const start = this.at
    if (!(start + count <= this.bytes.length)) throw this.endsEarly()
    this.at = start + count
    return start
  }

  /** The next line of the payload, without its end. */
  takeLine(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.at)
    if (end === -1) throw this.endsEarly()
    const line = this.bytes.subarray(this.at, end)
    this.at = end + 1
    return line
  }

  /**
   * The end of a NumPy scalar in one step, for the sake of speed: SHORT_BINBYTES, MEMOIZE, TUPLE2,
   * MEMOIZE, REDUCE, with `scalar` and a dtype on the stack below. Their bytes and arguments are made
   * only if the memo is asked for them.
   *
   * @returns whether it was one.
   */
  pushNumpyScalar(top: number, start: number, length: number): boolean {
    const dtype = this.stack[top - 1]
    if (!(dtype instanceof PickledDtype) || top - 2 < this.floor) return false
    const { itemsize, objects, read } = dtype.layout
    if (itemsize !== length || length > 16 || objects > 0) return false
    if (!this.globals.isScalar(this.stack[top - 2])) return false
    this.stack[top - 2] = read(this.view, start)
    const { memo } = this
    const deferred = new DeferredScalar(dtype, this.bytes, start, length, memo.next)
    memo.add(deferred)
    memo.add(deferred)
    return true
  }

  /** A value from the memo. */
  fetch(index: number): unknown {
    let value = this.memo.get(index)
    if (value instanceof DeferredScalar) {
      value = value.make(index)
      this.memo.put(index, value)
    }
    this.noteSharing(value)
    return this.replaced.size > 0 ? (this.replaced.get(value) ?? value) : value
  }

  /** Remembers that a value may make the result, written out, larger than the payload. */
  noteSharing(value: unknown): void {
    if (typeof value === 'string') {
      if (value.length > longestSmall) this.isShared = true
    } else if (typeof value === 'bigint') {
      this.isShared = true
    } else if (typeof value === 'object' && value !== null) {
      if (!(value instanceof Internal && value.isSmall)) this.isShared = true
    }
  }

  endsEarly() {
    return this.bad(`the payload of ${this.bytes.length} bytes ends early`)
  }

  underflow() {
    return this.bad('there are too few values on the stack')
  }

  /** The error for a pickle that can't be one. */
  bad(what: string) {
    return failure('bad-payload', `pickle: at byte ${this.at}, ${what}`)
  }
}

/** What an opcode does. `code` is the opcode itself. */
export type OpcodeHandler = (state: MachineState, code: number) => void

/** The error for an opcode that is refused. */
export function refusedOpcode(code: number, why: string) {
  return failure('bad-payload', `pickle: ${opcodeName(code)}: ${why}`)
}
