import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../fixtures/vectors', import.meta.url))

/** One recorded frame, taken apart at its first two spaces. */
export interface VectorFrame {
  readonly prefix: string
  readonly name: string
  readonly payload: Uint8Array
}

/** The names of all recorded vectors. */
export const vectorNames: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.frames'))
  .map((file) => file.slice(0, -'.frames'.length))
  .sort()

/** Where a vector's frames or expected documents are; in another folder, those recorded into it. */
export function vectorPath(name: string, kind: 'frames' | 'jsonl', from = folder): string {
  return `${from}/${name}.${kind}`
}

/** The frames of a vector, as they came over 0MQ. */
export function readFrames(name: string, from = folder): Uint8Array[] {
  return splitFrames(readFileSync(vectorPath(name, 'frames', from)))
}

/** Frames one after the other, each behind its length as a little-endian uint32. */
export function splitFrames(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true)
    frames.push(new Uint8Array(bytes.buffer, bytes.byteOffset + at + 4, length))
    at += 4 + length
  }
  return frames
}

/** A frame's parts, found without the code under test. */
export function partsOf(frame: Uint8Array): VectorFrame {
  const first = frame.indexOf(0x20)
  const second = frame.indexOf(0x20, first + 1)
  const text = new TextDecoder()
  return {
    prefix: text.decode(frame.subarray(0, first)),
    name: text.decode(frame.subarray(first + 1, second)),
    payload: frame.subarray(second + 1),
  }
}

/** The documents that a vector's frames hold, as lines of `[name, document]` in the lossless JSON. */
export function readExpected(name: string, from = folder): string[] {
  return readFileSync(vectorPath(name, 'jsonl', from), 'utf8')
    .split('\n')
    .filter(Boolean)
}
