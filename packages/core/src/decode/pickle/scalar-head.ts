import { type Layout, parseLayout } from '../numpy/layout.js'
import { PickledDtype } from './internal.js'
import type { MachineState } from './machine-state.js'

/** What numbers and booleans are most often made of, with their byte order. */
const dtypes = ['<f8', '<f4', '<f2', '<i8', '<i4', '<i2', '<u8', '<u4', '<u2', '|b1', '|i1', '|u1']
/** Where `scalar` is: in NumPy 2 and in NumPy 1. */
const modules = ['numpy._core.multiarray', 'numpy.core.multiarray']
/** How long the names of the modules are, so that no other string costs more than two comparisons. */
const [newLength, oldLength] = modules.map((module) => module.length) as [number, number]

/** A short string, with its place in the memo. */
function text(value: string): string {
  return `\x8c${String.fromCharCode(value.length)}${value}\x94`
}

/** The opcodes of one head behind the length of its first string, and what they leave. */
interface Head {
  readonly words: Int32Array
  /** What is left behind the last whole word. */
  readonly rest: Uint8Array
  readonly length: number
  readonly module: string
  readonly code: string
  readonly order: string
  readonly layout: Layout
}

/** Heads by their module's length and, behind it, by the two letters of the dtype's code. */
const heads = new Map<number, Head>(
  modules.flatMap((module) =>
    dtypes.map((dtype) => {
      const head = makeHead(module, dtype.slice(1), dtype.slice(0, 1))
      return [keyOf(module.length, head.code.charCodeAt(0), head.code.charCodeAt(1)), head]
    }),
  ),
)

/** As `pickle.py` writes it, from the name of the module on; nothing in it refers to what came before. */
function makeHead(module: string, code: string, order: string): Head {
  const type = `${text('numpy')}${text('dtype')}\x93\x94${text(code)}\x89\x88\x87\x94R\x94`
  const state = `(K\x03${text(order)}NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t\x94b`
  const opcodes = `${text(module)}${text('scalar')}\x93\x94${type}${state}`.slice(2)
  const bytes = Uint8Array.from(opcodes, (letter) => letter.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getInt32(4 * i, true))
  return {
    words,
    rest: bytes.subarray(4 * words.length),
    length: bytes.length,
    module,
    code,
    order,
    layout: parseLayout(code, order),
  }
}

function keyOf(moduleLength: number, first: number, second: number): number {
  return (moduleLength << 16) | (first << 8) | second
}

/** Whether a string of this length may be the name of a module where NumPy's `scalar` is. */
export function mayBeginScalar(length: number): boolean {
  return length === newLength || length === oldLength
}

/**
 * The head of a NumPy scalar in one step, for the sake of speed: all that pickle writes of the first one of a
 * dtype before its bytes, 27 opcodes that are the same in every event. It leaves on the stack, in the memo and in
 * the budget what these do one by one.
 *
 * @param at - where the text of the string of `length` bytes begins that may be the name of the module.
 * @returns how long it is; 0, having done nothing, if it is something else.
 */
export function pushScalarHead(
  state: MachineState,
  top: number,
  at: number,
  length: number,
): number {
  const { view, bytes, stack, memo, budget } = state
  const codeAt = at + length + codeOffset
  const head = heads.get(keyOf(length, bytes[codeAt] ?? 0, bytes[codeAt + 1] ?? 0))
  if (head === undefined || at + head.length > bytes.length || !isAt(head, view, at)) return 0
  const { module, code, order, layout } = head
  // two globals, the dtype and the tuple of its state
  budget.takeObjects(4)
  budget.takeValues(stateLength)
  const scalar = state.globals.scalarOf(length === oldLength)
  const args = [code, false, true]
  const dtype = new PickledDtype(args, layout)
  memo.add(module)
  memo.add('scalar')
  memo.add(scalar)
  memo.add('numpy')
  memo.add('dtype')
  memo.add(state.globals.dtype)
  memo.add(code)
  memo.add(args)
  memo.add(dtype)
  memo.add(order)
  memo.add([3, order, null, null, null, -1, -1, 0])
  stack[top] = scalar
  stack[top + 1] = dtype
  return head.length
}

/** How many values the state of a dtype has. */
const stateLength = 8
/** From the end of the module's name to the dtype's code. */
const codeOffset = `\x94${text('scalar')}\x93\x94${text('numpy')}${text('dtype')}\x93\x94\x8c\x02`
  .length

function isAt({ words, rest }: Head, view: DataView, at: number): boolean {
  const end = at + 4 * words.length
  for (let i = at, n = 0; i < end; i += 4, n++) {
    if (view.getInt32(i, true) !== words[n]) return false
  }
  for (let n = 0; n < rest.length; n++) {
    if (view.getUint8(end + n) !== rest[n]) return false
  }
  return true
}
