import { failure } from '../failure.js'
import { integerFromBytes } from '../numerals.js'
import { payloadBytes } from '../payload-bytes.js'
import { decodeUtf8 } from '../utf8.js'
import type { MachineState, OpcodeHandler } from './machine-state.js'
import { opcodes } from './opcodes.js'

/** The opcodes of numbers, strings and bytes, and of the protocol itself. */
export const scalarOpcodes: readonly (readonly [number, OpcodeHandler])[] = [
  [opcodes.PROTO, readProtocol],
  [opcodes.FRAME, readFrame],
  [opcodes.LONG1, (state) => readInteger(state, takeUint8(state))],
  [opcodes.LONG4, (state) => readInteger(state, takeInt32(state))],
  [opcodes.BINUNICODE, (state) => readText(state, takeUint32(state))],
  [opcodes.BINUNICODE8, (state) => readText(state, takeUint64(state))],
  [opcodes.SHORT_BINSTRING, (state) => readAscii(state, takeUint8(state))],
  [opcodes.BINSTRING, (state) => readAscii(state, takeInt32(state))],
  [opcodes.SHORT_BINBYTES, (state) => readBytes(state, takeUint8(state))],
  [opcodes.BINBYTES, (state) => readBytes(state, takeUint32(state))],
  [opcodes.BINBYTES8, (state) => readBytes(state, takeUint64(state))],
  [opcodes.BYTEARRAY8, (state) => readBytes(state, takeUint64(state))],
]

function readProtocol(state: MachineState): void {
  const protocol = takeUint8(state)
  if (protocol > 5) throw state.bad(`protocol ${protocol} is not known; 5 is the last`)
  state.protocol = protocol
}

/** A frame only says that so many bytes follow. */
function readFrame(state: MachineState): void {
  const length = takeUint64(state)
  if (length > state.bytes.length - state.at) throw state.endsEarly()
}

function readInteger(state: MachineState, length: number): void {
  if (length < 0) throw state.bad('an integer has a negative length')
  state.pushScalar(integerFromBytes(state.bytes, state.take(length), length))
}

function readText(state: MachineState, length: number): void {
  const start = state.take(length)
  state.push(state.strings.read(start, length))
}

/** Python 2's `str`, which Python 3 reads as ASCII. */
function readAscii(state: MachineState, length: number): void {
  if (length < 0) throw state.bad('a string has a negative length')
  const start = state.take(length)
  state.pushScalar(decodeAscii(state.bytes.subarray(start, start + length)))
}

function readBytes(state: MachineState, length: number): void {
  const start = state.take(length)
  state.budget.takeObjects(1)
  state.push(payloadBytes(state.bytes, start, length))
}

/** @throws BlueskyError `bad-payload` for a byte that isn't ASCII. */
export function decodeAscii(bytes: Uint8Array): string {
  if (bytes.some((byte) => byte > 0x7f)) {
    throw failure('bad-payload', 'pickle: a string of Python 2 that is not ASCII')
  }
  return decodeUtf8(bytes)
}

/** One byte. */
export function takeUint8(state: MachineState): number {
  return state.bytes[state.take(1)] as number
}

/** Four bytes. */
export function takeUint32(state: MachineState): number {
  return state.view.getUint32(state.take(4), true)
}

function takeInt32(state: MachineState): number {
  return state.view.getInt32(state.take(4), true)
}

/** Eight bytes; exact up to 2**53, and beyond that only ever compared with a length. */
function takeUint64(state: MachineState): number {
  const start = state.take(8)
  return state.view.getUint32(start, true) + state.view.getUint32(start + 4, true) * 2 ** 32
}
