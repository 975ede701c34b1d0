import { OpaqueObject } from '../../documents/values/opaque-object.js'
import { type Dict, addItems, isDict } from '../dicts.js'
import { failure } from '../failure.js'
import { Internal } from './internal.js'
import type { MachineState, OpcodeHandler } from './machine-state.js'
import { opcodes } from './opcodes.js'
import { takeUint8, takeUint32 } from './scalar-opcodes.js'
import { sortSet } from './sets.js'

/** The opcodes of lists, tuples, dicts and sets, of the stack and of the memo. */
export const containerOpcodes: readonly (readonly [number, OpcodeHandler])[] = [
  [opcodes.LIST, (state) => state.push(state.popToMark())],
  [opcodes.DICT, makeDict],
  [opcodes.EMPTY_SET, makeSet],
  [opcodes.FROZENSET, (state) => state.push(sortSet(state.popToMark(), state.budget))],
  [opcodes.APPEND, (state) => append(state, needBelow(state, 1))],
  [opcodes.APPENDS, (state) => append(state, needBelowMark(state))],
  [opcodes.ADDITEMS, (state) => append(state, needBelowMark(state))],
  [opcodes.SETITEM, (state) => setItems(state, needBelow(state, 2))],
  [opcodes.POP, pop],
  [opcodes.POP_MARK, (state) => (state.top = state.popMark())],
  [opcodes.DUP, duplicate],
  [opcodes.LONG_BINGET, (state) => state.push(state.fetch(takeUint32(state)))],
  [opcodes.BINPUT, (state) => putIntoMemo(state, takeUint8(state))],
  [opcodes.LONG_BINPUT, (state) => putIntoMemo(state, takeUint32(state))],
]

/**
 * PUT: a pickler numbers what it keeps one by one, so that no number exceeds the payload's length.
 *
 * @throws BlueskyError `too-large` for a number that does.
 */
export function putIntoMemo(state: MachineState, index: number): void {
  state.need(1)
  if (index > state.bytes.length) {
    throw failure(
      'too-large',
      `pickle: place ${index} in the memo of a payload of ${state.bytes.length} bytes`,
    )
  }
  state.memo.put(index, state.stack[state.top - 1])
}

function makeDict(state: MachineState): void {
  const items = state.popToMark()
  if (items.length % 2 !== 0) throw state.bad('a dict has a key without a value')
  state.push(addItems({}, items, 0, items.length, state.budget))
}

function makeSet(state: MachineState): void {
  const set: unknown[] = []
  state.budget.takeObjects(1)
  state.sets.push(set)
  state.push(set)
}

function pop(state: MachineState): void {
  const { marks, top } = state
  if (marks.length > 0 && marks.last === top) state.popMark()
  else state.pop()
}

function duplicate(state: MachineState): void {
  state.need(1)
  const value = state.stack[state.top - 1]
  state.noteSharing(value)
  state.push(value)
}

/** The place of the values that an opcode adds to what lies below them: the last `count`. */
function needBelow(state: MachineState, count: number): number {
  state.need(count + 1)
  return state.top - count
}

/** The same for all values above the last mark. */
function needBelowMark(state: MachineState): number {
  const mark = state.popMark()
  if (mark <= state.floor) throw state.underflow()
  return mark
}

/** Adds the values from `from` on to the list or set below them. */
function append(state: MachineState, from: number): void {
  const { stack, top } = state
  const list = itemsOf(state, stack[from - 1], Array.isArray, [])
  state.budget.takeValues(top - from)
  for (let i = from; i < top; i++) (list as unknown[]).push(stack[i])
  state.top = from
}

/** SETITEMS: as many keys and values as there are above the last mark. */
export function setItemsAboveMark(state: MachineState): void {
  setItems(state, needBelowMark(state))
}

/** Adds the keys and values from `from` on to the dict below them. */
function setItems(state: MachineState, from: number): void {
  const { stack, top } = state
  if ((top - from) % 2 !== 0) throw state.bad('a dict has a key without a value')
  const target = stack[from - 1]
  const given = itemsOf(state, target, isDict, {}) as Dict
  const dict = state.replaced.size > 0 ? (state.replaced.get(given) ?? given) : given
  state.budget.takeValues(top - from)
  const filled = addItems(dict, stack, from, top, state.budget)
  state.top = from
  if (filled === given) return
  state.replaced.set(given, filled)
  if (target === given) stack[from - 1] = filled
  else state.givenItems.get(target)?.splice(-1, 1, filled)
}

/** What takes the items: the target itself or, if that is opaque, the last of its arguments. */
function itemsOf(
  state: MachineState,
  target: unknown,
  isKind: (value: unknown) => boolean,
  fresh: unknown,
): unknown {
  if (isKind(target)) return target
  if (!(target instanceof OpaqueObject) || target instanceof Internal) {
    throw state.bad('items are given to a value that takes none')
  }
  const args = state.givenItems.get(target)
  if (args !== undefined && isKind(args[args.length - 1])) return args[args.length - 1]
  state.budget.takeObjects(2)
  state.budget.takeCopy(8 * target.args.length)
  const extended = [...target.args, fresh]
  state.givenItems.set(target, extended)
  ;(target as { args: readonly unknown[] }).args = extended
  return fresh
}
