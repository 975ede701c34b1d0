import type { Dice } from './dice.js'
import { joined, latin1, mutate } from './mutate.js'
import { anyWords, jsonText, jsonWords, msgpackWords } from './other-programs.js'
import { anyProgram, orderlyProgram, pickleWords } from './pickle-programs.js'

/** What takes an input in. */
export const targets = ['pickle', 'msgpack', 'json', 'auto', 'frame'] as const
export type Target = (typeof targets)[number]

/** One input, and what takes it in. */
export interface Input {
  readonly target: Target
  readonly bytes: Uint8Array
}

/** Payloads and frames as Python wrote them, to be changed. */
export interface Corpus {
  readonly pickle: readonly Uint8Array[]
  readonly msgpack: readonly Uint8Array[]
  readonly json: readonly Uint8Array[]
  readonly frame: readonly Uint8Array[]
}

const documentNames = ['start', 'descriptor', 'event', 'event_page', 'datum', 'resource', 'stop']
const frameWords = [' ', '  ', ...documentNames, 'prefix', '\0', '\n', 'é'].map(latin1)
const heads = ['', '\x81', '\x82\xa1a', '\x90', '\x92', '\xde\0\x02', '\x85\xc4\x02nd\xc3'].map(
  latin1,
)

/** Makes an input from whatever the dice say. */
export function makeInput(dice: Dice, corpus: Corpus): Input {
  const kind = dice.pick(['pickle', 'pickle', 'pickle', 'msgpack', 'msgpack', 'json'] as const)
  const bytes = payload(dice, kind, corpus)
  switch (dice.below(8)) {
    case 0:
      return { target: 'auto', bytes }
    case 1:
      return { target: 'frame', bytes: frame(dice, bytes, corpus) }
    default:
      return { target: kind, bytes }
  }
}

function payload(dice: Dice, kind: 'pickle' | 'msgpack' | 'json', corpus: Corpus): Uint8Array {
  const given = corpus[kind]
  const words = { pickle: pickleWords, msgpack: msgpackWords, json: jsonWords }[kind]
  const change = (bytes: Uint8Array) => mutate(dice, bytes, words, given)
  switch (dice.below(20)) {
    case 0:
      return anyProgramOf(dice, kind)
    case 1:
      return dice.bytes(dice.length(300))
    case 2:
    case 3:
      return orderlyOf(dice, kind) ?? change(dice.pick(given))
    case 4:
    case 5:
    case 6:
      return change(orderlyOf(dice, kind) ?? dice.pick(given))
    case 7:
      return dice.pick(given)
    default:
      return change(dice.pick(given))
  }
}

function anyProgramOf(dice: Dice, kind: 'pickle' | 'msgpack' | 'json'): Uint8Array {
  if (kind === 'pickle') return anyProgram(dice)
  if (kind === 'msgpack') return anyWords(dice, msgpackWords, dice.pick(heads))
  return anyWords(dice, jsonWords, latin1(dice.pick(['', '{', '['])))
}

function orderlyOf(dice: Dice, kind: 'pickle' | 'msgpack' | 'json'): Uint8Array | undefined {
  if (kind === 'pickle') return orderlyProgram(dice)
  return kind === 'json' ? jsonText(dice) : undefined
}

/** A frame of a payload, or one that was recorded; with its head changed as often as not. */
function frame(dice: Dice, content: Uint8Array, { frame: given }: Corpus): Uint8Array {
  switch (dice.below(4)) {
    case 0:
      return joined(latin1(` ${dice.pick(documentNames)} `), content)
    case 1:
      return mutate(dice, dice.pick(given), frameWords, given)
    case 2:
      return joined(
        ...Array.from({ length: 1 + dice.below(6) }, () => dice.pick(frameWords)),
        content,
      )
    default:
      return joined(
        latin1(dice.pick([' ', 'prefix ', ''])),
        dice.pick(frameWords),
        latin1(' '),
        content,
      )
  }
}
