import { Budget, maxObjects } from '../budget.js'
import { checkTree } from '../check-tree.js'
import type { DecoderOptionsWithDefaults } from '../decoder.js'
import { failure } from '../failure.js'
import { MachineState } from './machine-state.js'
import { setItemsAboveMark } from './container-opcodes.js'
import { instantiateBelow, makeGlobal, setState } from './object-opcodes.js'
import { rareOpcodes } from './rare-opcodes.js'
import { mayBeginScalar, pushScalarHead } from './scalar-head.js'
import { sortSet } from './sets.js'
import { replaceStaleDicts } from './stale-dicts.js'

/** More than this never stand on a pickler's stack; it takes 64 MB. */
const maxStack = 8 * 1024 * 1024

/**
 * Runs pickles: the opcodes of protocols 0 to 5, as CPython's `_pickle.c` runs them. It builds values and
 * nothing else, since all that its opcodes can do is in this folder.
 *
 * One machine decodes one payload after the other; what it keeps between them are short strings.
 */
export class PickleMachine {
  readonly #state: MachineState
  readonly #maxDepth: number

  /** @param budget - of the payloads that the pickles are, or are a part of. */
  constructor(
    { enums, maxDepth }: Pick<DecoderOptionsWithDefaults, 'enums' | 'maxDepth'>,
    budget = new Budget(),
  ) {
    this.#state = new MachineState(enums, budget)
    this.#maxDepth = maxDepth
  }

  /**
   * Decodes a payload that is a pickle; bytes behind its STOP are ignored, as Python does.
   *
   * @throws BlueskyError `bad-payload`, `too-large`, `too-deep` or `cyclic`.
   */
  decode(payload: Uint8Array): unknown {
    this.beginPayload(payload)
    return this.decodePart(payload, 0)
  }

  /** Begins a payload: what its pickles may take is counted from here on. */
  beginPayload(payload: Uint8Array): void {
    this.#state.budget.reset(payload.length)
    this.#state.zones.reset()
  }

  /**
   * Decodes a pickle that is a part of the payload that was begun.
   *
   * @param outerDepth - how deep it lies in the payload's value.
   * @throws BlueskyError `bad-payload`, `too-large`, `too-deep` or `cyclic`.
   */
  decodePart(pickle: Uint8Array, outerDepth: number): unknown {
    const state = this.#state
    const { budget } = state
    state.begin(pickle)
    try {
      const objects = runToStop(state)
      const value = state.pop()
      for (const set of state.sets) sortSet(set, budget)
      const isReplaced = state.isShared && state.replaced.size > 0
      const root = isReplaced ? replaceStaleDicts(value, state.replaced) : value
      const maxDepth = this.#maxDepth - outerDepth
      // fewer containers than that can't nest deeper
      if (state.isShared || objects + budget.objects > maxDepth) {
        const { isShared } = state
        budget.takeTree(checkTree(root, { maxDepth, maxUnits: budget.maxTreeUnits, isShared }))
      }
      return root
    } finally {
      state.forget()
    }
  }
}

/**
 * Runs the opcodes until STOP; the result is then on the stack.
 *
 * It is one long function with its state in local variables because every document passes here: what
 * events are made of is handled in place, all other opcodes by {@link rareOpcodes}.
 *
 * @returns how many containers it made, besides those that the budget counts.
 */
function runToStop(state: MachineState): number {
  const { bytes, view, stack, marks, strings, memo } = state
  const end = bytes.length
  let at = 0
  let top = 0
  let objects = 0
  for (;;) {
    if (at >= end) throw state.endsEarly()
    if (top > maxStack || objects > maxObjects) throw tooMuch()
    const code = bytes[at++] as number
    switch (code) {
      case 0x8c: {
        // SHORT_BINUNICODE
        const length = bytes[at++] as number
        if (!(at + length <= end)) throw state.endsEarly()
        const head = mayBeginScalar(length) ? pushScalarHead(state, top, at, length) : 0
        if (head > 0) {
          // the tuple of three, which isn't in the budget
          objects++
          at += head
          top += 2
          break
        }
        stack[top++] = strings.read(at, length)
        at += length
        break
      }
      case 0x94: // MEMOIZE
        if (top <= state.floor) throw state.underflow()
        memo.add(stack[top - 1])
        break
      case 0x47: // BINFLOAT
        if (at + 8 > end) throw state.endsEarly()
        stack[top++] = view.getFloat64(at)
        at += 8
        break
      case 0x68: // BINGET
        if (at >= end) throw state.endsEarly()
        stack[top++] = state.fetch(bytes[at++] as number)
        break
      case 0x4b: // BININT1
        if (at >= end) throw state.endsEarly()
        stack[top++] = bytes[at++]
        break
      case 0x4d: // BININT2
        if (at + 2 > end) throw state.endsEarly()
        stack[top++] = view.getUint16(at, true)
        at += 2
        break
      case 0x4a: // BININT
        if (at + 4 > end) throw state.endsEarly()
        stack[top++] = view.getInt32(at, true)
        at += 4
        break
      case 0x4e: // NONE
        stack[top++] = null
        break
      case 0x88: // NEWTRUE
        stack[top++] = true
        break
      case 0x89: // NEWFALSE
        stack[top++] = false
        break
      case 0x28: // MARK
        if (marks.length > maxStack) throw tooMuch()
        marks.push(top)
        state.floor = top
        break
      case 0x7d: // EMPTY_DICT
        objects++
        stack[top++] = {}
        break
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        objects++
        stack[top++] = []
        break
      case 0x85: // TUPLE1
        if (top - 1 < state.floor) throw state.underflow()
        objects++
        stack[top - 1] = [stack[top - 1]]
        break
      case 0x86: // TUPLE2
        if (top - 2 < state.floor) throw state.underflow()
        objects++
        top--
        stack[top - 1] = [stack[top - 1], stack[top]]
        break
      case 0x87: // TUPLE3
        if (top - 3 < state.floor) throw state.underflow()
        objects++
        top -= 2
        stack[top - 1] = [stack[top - 1], stack[top], stack[top + 1]]
        break
      case 0x43: {
        // SHORT_BINBYTES
        const length = bytes[at] as number
        if (isScalarAhead(bytes, at + 1 + length) && state.pushNumpyScalar(top, at + 1, length)) {
          at += length + 5
          top--
          break
        }
        state.at = at
        state.top = top
        rareOpcodes[code]?.(state, code)
        at = state.at
        top = state.top
        break
      }
      case 0x2e: // STOP
        state.top = top
        return objects
      case 0x75: // SETITEMS
        state.at = at
        state.top = top
        setItemsAboveMark(state)
        top = state.top
        break
      case 0x93: // STACK_GLOBAL
        state.at = at
        state.top = top
        makeGlobal(state)
        top = state.top
        break
      case 0x52: // REDUCE
        state.at = at
        state.top = top
        instantiateBelow(state)
        top = state.top
        break
      case 0x62: // BUILD
        state.at = at
        state.top = top
        setState(state)
        top = state.top
        break
      case 0x74: // TUPLE
        state.at = at
        state.top = top
        state.push(state.popToMark())
        top = state.top
        break
      default:
        state.at = at
        state.top = top
        rareOpcodes[code]?.(state, code)
        at = state.at
        top = state.top
    }
  }
}

/** Whether MEMOIZE, TUPLE2, MEMOIZE and REDUCE follow, as behind the bytes of every NumPy scalar. */
function isScalarAhead(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x94 && bytes[at + 1] === 0x86 && bytes[at + 2] === 0x94 && bytes[at + 3] === 0x52
  )
}

function tooMuch() {
  return failure(
    'too-large',
    `pickle: more than ${maxStack} values at once, or ${maxObjects} containers`,
  )
}
