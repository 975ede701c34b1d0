import fc from 'fast-check'
import { describe, it } from 'vitest'

import { constructors } from '../../../packages/core/src/decode/pickle/constructors.js'
import { opcodes } from '../../../packages/core/src/decode/pickle/opcodes.js'
import { Dice } from '../../fuzz/dice.js'
import { type Corpus, makeInput, type Target } from '../../fuzz/inputs.js'
import { jsonWords, msgpackWords } from '../../fuzz/other-programs.js'
import { pickleWords } from '../../fuzz/pickle-programs.js'
import { tryInput } from '../../fuzz/trial.js'
import { bytesOf, uint32 } from '../../support/bytes.js'
import {
  array,
  dtype,
  named,
  pickleOf,
  raw,
  structure,
  text,
  tuple,
  whole,
} from '../../support/pickle-parts.js'
import { partsOf, readFrames } from '../../support/vectors.js'

/** Has it decoded; throws unless that ends soon, with a document's value or a refusal, and changes nothing else. */
function check(target: Target, bytes: Uint8Array): void {
  tryInput({ target, bytes })
}

function payloadsOf(...vectors: string[]): Uint8Array[] {
  return vectors.flatMap((vector) => readFrames(vector).map((frame) => partsOf(frame).payload))
}

interface Change {
  readonly at: number
  readonly remove: number
  readonly insert: Uint8Array
}

/** Anywhere from the first byte to the last; doubles of fast-check's own would lie near the ends. */
const place = fc.nat(9999).map((part) => part / 10_000)

const inserted = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
  fc.constantFrom(
    ...Object.values(opcodes).map((code) => Uint8Array.of(code)),
    uint32(0xffffffff),
    uint32(0x7fffffff),
    bytesOf('h\0'),
  ),
)

/** Bytes put in the place of as many others, or between them. */
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc
    .tuple(place, inserted, fc.constantFrom(0, 1, 1, 1, 3))
    .map(([at, insert, how]) => ({ at, insert, remove: how === 1 ? insert.length : how })),
  { minLength: 1, maxLength: 3 },
)

function change(payload: Uint8Array, all: readonly Change[]): Uint8Array {
  return all.reduce((bytes, { at, remove, insert }) => {
    const from = Math.floor(at * bytes.length)
    return bytesOf(bytes.subarray(0, from), insert, bytes.subarray(from + remove))
  }, payload)
}

/** Parts of pickles that lead somewhere, so that chance gets beyond the first opcode. */
const leaf = fc.oneof(
  fc.constantFrom('N', '\x88', '\x89', ']', '}', ')', '\x8f').map((code) => bytesOf(code)),
  fc.integer({ min: -3, max: 300 }).map(whole),
  fc.constantFrom(-1, 2 ** 31 - 1, 2 ** 53 - 1).map(whole),
  fc.constantFrom('', 'a', 'latin1', '__proto__', '1000', 'f8', 'O8', 'V16', '<', 'C').map(text),
  fc.uint8Array({ maxLength: 16 }).map(raw),
  fc.nat(12).map((index) => bytesOf('h', Uint8Array.of(index))),
  fc.constantFrom(
    dtype('f8'),
    dtype('O8', { order: '|' }),
    dtype('U2', { itemsize: 8 }),
    dtype('S1', { order: '|', itemsize: 1 }),
    structure(9, { a: [dtype('u1'), 0], b: [dtype('f8', { order: '>' }), 1] }),
  ),
)

const callee = fc.constantFrom(
  ...[...constructors.keys()].map((path) => {
    const dot = path.lastIndexOf('.')
    return named(path.slice(0, dot), path.slice(dot + 1))
  }),
  named('a', 'B'),
)

const { value } = fc.letrec<{ value: Uint8Array; values: Uint8Array[] }>((tie) => ({
  values: fc.array(tie('value'), { maxLength: 5 }),
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    tie('values').map((all) => tuple(...all)),
    tie('values').map((all) => bytesOf('](', ...all, 'e')),
    tie('values').map((all) => bytesOf('}\x94(', ...all, ...(all.length % 2 ? ['N'] : []), 'u')),
    tie('values').map((all) => bytesOf('\x8f(', ...all, '\x90')),
    tie('value').map((one) => bytesOf(one, '\x94')),
    fc.tuple(callee, tie('values')).map(([name, all]) => bytesOf(name, tuple(...all), 'R\x94')),
    fc.tuple(tie('value'), tie('value')).map(([one, state]) => bytesOf(one, state, 'b')),
    fc.tuple(tie('value'), tie('value')).map(([one, item]) => bytesOf(one, item, 'a')),
    fc
      .tuple(leaf, fc.array(fc.nat(3), { maxLength: 3 }), leaf)
      .map(([type, shape, content]) => array(type, shape, content)),
  ),
}))

/** Words and a few bytes in any order. */
function wordsOf(words: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const part = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }) },
  )
  return fc.array(part, { minLength: 1, maxLength: 60 }).map((parts) => bytesOf(...parts))
}

const given: Corpus = {
  pickle: payloadsOf('custom_types', 'pickle5', 'pickle2', 'arrays', 'baseline_multi'),
  msgpack: payloadsOf('msgpack', 'msgpack_numpy'),
  json: payloadsOf('json'),
  frame: [...readFrames('interleaved'), ...readFrames('count_prefix'), ...readFrames('msgpack')],
}
const changed = (payloads: readonly Uint8Array[]) =>
  fc.tuple(fc.constantFrom(...payloads), changes).map(([payload, all]) => change(payload, all))

/** Checks so many inputs. */
function checkAll(target: Target, inputs: fc.Arbitrary<Uint8Array>, numRuns: number): void {
  fc.assert(
    fc.property(inputs, (bytes) => check(target, bytes)),
    { numRuns },
  )
}

describe('whatever bytes come, a decoder gives a value or a refusal, in bounded time', () => {
  it('pickles changed by chance', () => checkAll('pickle', changed(given.pickle), 2000))

  it('values and calls put together by chance', () => checkAll('pickle', value.map(pickleOf), 2000))

  it('the same, with bytes changed', () => {
    const inputs = fc.tuple(value, changes).map(([bytes, all]) => pickleOf(change(bytes, all)))
    checkAll('pickle', inputs, 2000)
  })

  it('opcodes in any order', () => {
    const inputs = wordsOf(pickleWords).map((words) => bytesOf('\x80\x04', words, '.'))
    checkAll('pickle', inputs, 2000)
  })

  it('MessagePack changed by chance', () => checkAll('msgpack', changed(given.msgpack), 1000))

  it('heads and values of MessagePack in any order', () => {
    checkAll('msgpack', wordsOf(msgpackWords), 2000)
  })

  it('JSON changed by chance', () => {
    const words = fc.constantFrom(...jsonWords)
    const inputs = fc
      .tuple(
        fc.constantFrom(...given.json),
        fc.array(fc.tuple(place, words, fc.nat(2)), { minLength: 1, maxLength: 4 }),
      )
      .map(([payload, all]) =>
        change(
          payload,
          all.map(([at, insert, remove]) => ({ at, remove, insert })),
        ),
      )
    checkAll('json', inputs, 1000)
  })

  it('words of JSON in any order', () => {
    checkAll(
      'json',
      wordsOf(jsonWords).map((words) => bytesOf('[', words, ']')),
      2000,
    )
  })

  it('any of these, for the decoder that looks at the first bytes', () => {
    const all = [...given.pickle, ...given.msgpack, ...given.json]
    checkAll('auto', fc.oneof(changed(all), fc.uint8Array({ maxLength: 200 })), 2000)
  })

  it('frames changed by chance, also in their prefix and name', () => {
    const early = fc
      .tuple(fc.constantFrom(...given.frame), fc.nat(20), inserted, fc.nat(3))
      .map(([frame, at, insert, remove]) =>
        bytesOf(frame.subarray(0, at), insert, frame.subarray(at + remove)),
      )
    checkAll('frame', fc.oneof(early, changed(given.frame)), 2000)
  })

  it('what npm run fuzz tries, for ten thousand inputs of another seed each time', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (let i = 0; i < 10; i++) tryInput(makeInput(new Dice(`${seed}/${i}`), given))
      }),
      { numRuns: 1000 },
    )
  })
})
