import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

import type { Decoder } from '../../packages/core/src/decode/decoder.js'
import { makeDecoder } from '../../packages/core/src/decode/decoders.js'
import { type FrameOutcome, frameReader } from '../../packages/core/src/decode/frame-reader.js'
import { toLosslessJson } from '../../packages/core/src/documents/values/lossless-json.js'
import { toPlainJson } from '../../packages/core/src/documents/values/plain-json.js'
import { bounds } from './bounds.js'
import { undocumented } from './documented.js'
import type { Input, Target } from './inputs.js'

/** What an input of a few kilobytes may take besides what its bytes do; far less than any payload may. */
const leastMilliseconds = 50

/** What became of an input. */
export interface Trial {
  /** `value`, or why there was none. */
  readonly outcome: string
  readonly milliseconds: number
  /** By how much the heap and what belongs to it grew while it was decoded, in bytes. */
  readonly grown: number
}

/** An input that did what none may do. */
export class FuzzFailure extends Error {}

const enums = ['random_values.Shutter']
const decoders: ReadonlyMap<Target, Decoder> = new Map(
  (['pickle', 'msgpack', 'json', 'auto'] as const).map((name) => [
    name,
    makeDecoder(name, { enums }),
  ]),
)
const readFrame = frameReader({ enums })
const failures = ['bad-payload', 'too-large', 'too-deep', 'cyclic']
const prototypes = [Object, Array, Map, Set, Function, String, Number, Uint8Array].map(
  (constructor) => constructor.prototype as object,
)
const ownKeys = prototypes.map((prototype) => Reflect.ownKeys(prototype).length)

/**
 * Has an input decoded, and checks what must hold whatever it is.
 *
 * @throws FuzzFailure in words.
 */
export function tryInput(input: Input): Trial {
  const before = memory()
  const began = performance.now()
  const result = decoded(input)
  const milliseconds = performance.now() - began
  const grown = memory() - before
  checkPrototypes()
  if (result.values !== undefined) checkValues(result.values)
  return {
    outcome: result.outcome,
    milliseconds: bounded(input, milliseconds),
    grown: fits(input, grown),
  }
}

interface Decoded {
  readonly outcome: string
  readonly values?: readonly unknown[]
}

function decoded({ target, bytes }: Input): Decoded {
  if (target === 'frame') return outcomeOf(readFrame(bytes))
  try {
    return { outcome: 'value', values: [decoders.get(target)?.decode(bytes)] }
  } catch (error) {
    return { outcome: codeOf(error) }
  }
}

function outcomeOf(outcome: FrameOutcome): Decoded {
  if (outcome.kind === 'ignored') return { outcome: 'ignored' }
  if (outcome.kind === 'document') return { outcome: 'document', values: [outcome.message.doc] }
  const { reason, name, message } = outcome.dropped
  if ((name?.length ?? 0) > 300 || message.length > 1100) {
    throw new FuzzFailure(`a message of ${message.length} characters`)
  }
  return { outcome: reason }
}

/** The code of a decoder's failure; anything else that is thrown is a mistake of ours. */
function codeOf(error: unknown): string {
  const { name, code = '', cause } = error as { name: string; code?: string; cause?: unknown }
  if (name !== 'BlueskyError' || !failures.includes(code)) {
    throw new FuzzFailure(`it throws ${String(error)}`, { cause: error })
  }
  const isNative = cause instanceof TypeError && cause.message.includes('encoded data')
  if (
    cause instanceof Error &&
    !isNative &&
    !(cause instanceof SyntaxError) &&
    cause.name !== 'BlueskyError'
  ) {
    throw new FuzzFailure(`it throws ${String(cause)}, caught by the last net`, { cause })
  }
  return code
}

function checkValues(values: readonly unknown[]): void {
  for (const value of values) {
    const wrong = undocumented(value)
    if (wrong !== undefined) throw new FuzzFailure(`it is decoded to ${wrong}`)
    try {
      toLosslessJson(value)
      toPlainJson(value, { onUnrepresentable: 'describe' })
    } catch (error) {
      throw new FuzzFailure(`what it is decoded to can't be written: ${String(error)}`, {
        cause: error,
      })
    }
  }
}

function checkPrototypes(): void {
  for (const [i, prototype] of prototypes.entries()) {
    if (Reflect.ownKeys(prototype).length !== ownKeys[i]) {
      throw new FuzzFailure(`it changes ${Object.prototype.toString.call(prototype)}'s prototype`)
    }
  }
}

function memory(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}

/** The machine may be busy with other things: only what takes too long five times does so itself. */
function bounded(input: Input, milliseconds: number): number {
  const { length } = input.bytes
  const most = leastMilliseconds + (bounds.microsecondsPerByte * length) / 1000
  let least = milliseconds
  for (let again = 0; again < 5 && least > most; again++) {
    const began = performance.now()
    decoded(input)
    least = Math.min(least, performance.now() - began)
  }
  if (least <= most) return least
  throw new FuzzFailure(`it takes ${least.toFixed(0)} ms, for ${length} bytes`)
}

function fits(input: Input, grown: number): number {
  const { length } = input.bytes
  if (grown <= bounds.megabytes * 2 ** 20 + bounds.bytesPerByte * length) return grown
  throw new FuzzFailure(`it takes ${grown} bytes, for ${length}`)
}
