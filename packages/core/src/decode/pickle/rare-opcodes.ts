import { containerOpcodes } from './container-opcodes.js'
import { type OpcodeHandler, refusedOpcode } from './machine-state.js'
import { objectOpcodes } from './object-opcodes.js'
import { opcodes } from './opcodes.js'
import { scalarOpcodes } from './scalar-opcodes.js'
import { textOpcodes } from './text-opcodes.js'

const refusals: readonly (readonly [number, string])[] = [
  [opcodes.PERSID, 'it refers to something outside of the payload'],
  [opcodes.BINPERSID, 'it refers to something outside of the payload'],
  [opcodes.EXT1, "it refers to the sender's extension registry"],
  [opcodes.EXT2, "it refers to the sender's extension registry"],
  [opcodes.EXT4, "it refers to the sender's extension registry"],
  [opcodes.NEXT_BUFFER, 'it refers to a buffer sent apart'],
  [opcodes.READONLY_BUFFER, 'it refers to a buffer sent apart'],
]

/** What each opcode does, by its byte: all but those that the machine's loop handles itself. */
export const rareOpcodes: readonly OpcodeHandler[] = fillTable()

function fillTable(): OpcodeHandler[] {
  const table = new Array<OpcodeHandler>(256).fill((_, code) => {
    throw refusedOpcode(code, 'there is no such opcode')
  })
  for (const [code, why] of refusals) {
    table[code] = () => {
      throw refusedOpcode(code, `${why}, which is not supported`)
    }
  }
  for (const group of [scalarOpcodes, containerOpcodes, objectOpcodes, textOpcodes]) {
    for (const [code, handler] of group) table[code] = handler
  }
  return table
}
