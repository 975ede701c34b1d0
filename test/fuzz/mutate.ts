import { Buffer } from 'node:buffer'

import type { Dice } from './dice.js'

/** Inputs don't grow beyond this: what is long takes long, and finds no more. */
const longest = 65_536

/** Numbers that lengths and sizes go wrong at. */
const odd = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

/** Latin-1 text as bytes. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

/** Parts in a row. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/**
 * Changes bytes at a few places: flips, removes, repeats, cuts, puts in numbers that lengths go wrong at, words
 * of the format, or parts of another input.
 *
 * @param words - what means something in the format.
 */
export function mutate(
  dice: Dice,
  input: Uint8Array,
  words: readonly Uint8Array[],
  others: readonly Uint8Array[],
): Uint8Array {
  let bytes = input
  // with one change most of what was meant still stands
  for (let changes = dice.oneIn(2) ? 1 : 1 + dice.length(8); changes > 0; changes--) {
    bytes = changed(dice, bytes, words, others)
    if (bytes.length > longest) bytes = bytes.slice(0, longest)
  }
  return bytes
}

function changed(
  dice: Dice,
  bytes: Uint8Array,
  words: readonly Uint8Array[],
  others: readonly Uint8Array[],
): Uint8Array {
  const from = dice.below(bytes.length + 1)
  const to = Math.min(bytes.length, from + dice.length(bytes.length))
  const [before, part, behind] = [
    bytes.subarray(0, from),
    bytes.subarray(from, to),
    bytes.subarray(to),
  ]
  switch (dice.below(9)) {
    case 0:
      return flipped(dice, bytes)
    case 1:
      return joined(before, behind)
    case 2:
      return joined(before, ...new Array<Uint8Array>(1 + dice.length(300)).fill(part), behind)
    case 3:
      return bytes.slice(0, from)
    case 4:
      return joined(before, numberOf(dice), bytes.subarray(Math.min(bytes.length, from + 4)))
    case 5:
    case 6: {
      const word = dice.pick(words)
      // in place of as many bytes, or between them
      const kept = dice.oneIn(2) ? bytes.subarray(from) : bytes.subarray(from + word.length)
      return joined(before, word, kept)
    }
    case 7: {
      const other = dice.pick(others)
      const start = dice.below(other.length + 1)
      return joined(before, other.subarray(start, start + dice.length(other.length)), behind)
    }
    default:
      return joined(before, dice.bytes(1 + dice.below(4)), behind)
  }
}

function flipped(dice: Dice, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  for (let times = 1 + dice.length(20); times > 0 && copy.length > 0; times--) {
    const at = dice.below(copy.length)
    copy[at] = dice.oneIn(2) ? dice.below(256) : (copy[at] as number) ^ (1 << dice.below(8))
  }
  return copy
}

/** A number of 1, 2, 4 or 8 bytes, of either byte order. */
function numberOf(dice: Dice): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  const littleEndian = dice.oneIn(2)
  view.setBigUint64(0, BigInt(dice.pick(odd)) << BigInt(dice.oneIn(4) ? 32 : 0), littleEndian)
  const bytes = new Uint8Array(view.buffer)
  const length = dice.pick([1, 2, 4, 8])
  return littleEndian ? bytes.slice(0, length) : bytes.slice(8 - length)
}
