import { NDArray } from '../../documents/values/ndarray.js'
import { OpaqueObject } from '../../documents/values/opaque-object.js'
import { isDict } from '../dicts.js'
import { decodeUtf8 } from '../utf8.js'
import { setDtypeState } from './dtype-state.js'
import { PickledDtype, PickledGlobal, PickledZone } from './internal.js'
import type { MachineState, OpcodeHandler } from './machine-state.js'
import { setArrayState } from './numpy-constructors.js'
import { opcodes } from './opcodes.js'
import { setZoneState } from './time-zones.js'

/** The opcodes of classes and their instances: they name, and nothing is called. */
export const objectOpcodes: readonly (readonly [number, OpcodeHandler])[] = [
  [opcodes.GLOBAL, (state) => state.push(takeGlobal(state))],
  [opcodes.NEWOBJ, instantiateBelow],
  [opcodes.NEWOBJ_EX, instantiateWithNames],
  [opcodes.OBJ, instantiateAboveMark],
  [opcodes.INST, instantiateNamed],
]

/** Two lines: module and name. */
function takeGlobal(state: MachineState): PickledGlobal {
  const module = decodeUtf8(state.takeLine())
  const name = decodeUtf8(state.takeLine())
  return findGlobal(state, module, name)
}

export function makeGlobal(state: MachineState): void {
  const name = state.pop()
  const module = state.pop()
  if (typeof module !== 'string' || typeof name !== 'string') {
    throw state.bad('a class is not named by strings')
  }
  state.push(findGlobal(state, module, name))
}

function findGlobal(state: MachineState, module: string, name: string): PickledGlobal {
  state.budget.takeObjects(1)
  return state.protocol < 3
    ? state.globals.findByOldName(module, name)
    : state.globals.find(module, name)
}

/** REDUCE and NEWOBJ: a class or function, and the tuple of its arguments. */
export function instantiateBelow(state: MachineState): void {
  const args = state.pop()
  const callee = state.pop()
  state.push(instantiate(state, callee, args))
}

/** NEWOBJ_EX: as NEWOBJ, and a dict of named arguments, which is kept as one argument more. */
function instantiateWithNames(state: MachineState): void {
  const named = state.pop()
  const args = state.pop()
  const callee = state.pop()
  if (!isDict(named)) throw state.bad('named arguments are no dict')
  const count = named instanceof Map ? named.size : Object.keys(named).length
  state.budget.takeCopy(8 * count)
  if (count === 0 || !(callee instanceof OpaqueObject) || !Array.isArray(args)) {
    state.push(instantiate(state, callee, args))
    return
  }
  state.budget.takeObjects(2)
  state.budget.takeCopy(8 * args.length)
  state.push(new OpaqueObject(callee.module, callee.name, [...(args as unknown[]), named]))
}

function instantiateAboveMark(state: MachineState): void {
  const [callee, ...args] = state.popToMark()
  if (callee === undefined) throw state.underflow()
  state.push(instantiate(state, callee, args))
}

function instantiateNamed(state: MachineState): void {
  const callee = takeGlobal(state)
  state.push(instantiate(state, callee, state.popToMark()))
}

/** What comes of a call: a value if the constructor is known, else an opaque object. */
function instantiate(state: MachineState, callee: unknown, args: unknown): unknown {
  if (!Array.isArray(args)) throw state.bad('the arguments of a class are no tuple')
  state.budget.takeObjects(1)
  if (callee instanceof PickledGlobal) return callee.construct(args, state)
  if (!(callee instanceof OpaqueObject)) throw state.bad('what is called is no class')
  state.budget.takeCopy(8 * args.length)
  return new OpaqueObject(callee.module, `${callee.name}.__call__`, [
    callee,
    ...(args as unknown[]),
  ])
}

/** BUILD: `__setstate__` of the values known here; kept for opaque ones; attributes of others are left out. */
export function setState(state: MachineState): void {
  const given = state.pop()
  state.need(1)
  const target = state.stack[state.top - 1]
  if (target instanceof NDArray) setArrayState(target, given, state)
  else if (target instanceof PickledDtype) setDtypeState(target, given, state.budget)
  else if (target instanceof PickledZone) setZoneState(target, given)
  else if (target instanceof OpaqueObject && !(target instanceof PickledGlobal)) {
    ;(target as { state: unknown }).state = given
  }
}
