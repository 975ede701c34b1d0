import { floatFromText, integerFromText } from '../numerals.js'
import { decodeUtf8 } from '../utf8.js'
import { putIntoMemo } from './container-opcodes.js'
import { readEscapedBytes, readRawUnicode } from './escapes.js'
import type { MachineState, OpcodeHandler } from './machine-state.js'
import { opcodes } from './opcodes.js'
import { decodeAscii } from './scalar-opcodes.js'

/** The opcodes of protocol 0, whose operands are lines of text. */
export const textOpcodes: readonly (readonly [number, OpcodeHandler])[] = [
  [opcodes.INT, readInt],
  [opcodes.LONG, readLong],
  [opcodes.FLOAT, readFloat],
  [opcodes.STRING, readString],
  [opcodes.UNICODE, (state) => state.pushScalar(readRawUnicode(state.takeLine()))],
  [opcodes.GET, (state) => state.push(state.fetch(takeIndex(state)))],
  [opcodes.PUT, (state) => putIntoMemo(state, takeIndex(state))],
]

/** `00` and `01` are booleans; else an integer, with C's prefixes. */
function readInt(state: MachineState): void {
  const text = decodeUtf8(state.takeLine())
  if (text === '00' || text === '01') {
    state.push(text === '01')
    return
  }
  // strtol's octal
  const [, sign, octal] = /^\s*([+-]?)0([0-7]+)$/.exec(text) ?? []
  pushNumber(state, integerFromText(octal === undefined ? text : `${sign}0o${octal}`))
}

function readLong(state: MachineState): void {
  pushNumber(state, integerFromText(decodeUtf8(state.takeLine()).replace(/L$/, '')))
}

function readFloat(state: MachineState): void {
  pushNumber(state, floatFromText(decodeUtf8(state.takeLine())))
}

function pushNumber(state: MachineState, value: number | bigint | undefined): void {
  if (value === undefined) throw state.bad('there is no number in the line')
  state.pushScalar(value)
}

/** A `repr` of Python 2's `str`. */
function readString(state: MachineState): void {
  const line = decodeTrimmed(state.takeLine())
  const quote = line[0]
  const isQuoted = line.length >= 2 && (quote === 0x27 || quote === 0x22) && line.at(-1) === quote
  if (!isQuoted) throw state.bad('a string is not quoted')
  state.pushScalar(decodeAscii(readEscapedBytes(line.subarray(1, -1))))
}

/** Without the carriage return and blanks that a transfer may have added. */
function decodeTrimmed(line: Uint8Array): Uint8Array {
  let end = line.length
  while (end > 0 && (line[end - 1] as number) <= 0x20) end--
  return line.subarray(0, end)
}

function takeIndex(state: MachineState): number {
  const text = decodeUtf8(state.takeLine())
  if (!/^\d{1,15}$/.test(text)) throw state.bad('there is no place in the memo of that name')
  return Number(text)
}
