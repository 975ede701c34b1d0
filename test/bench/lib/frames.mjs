import { readFileSync } from 'node:fs'

import { splitFrame } from '@prompt-papermill/core'

import { at } from './paths.mjs'

/** Where a recorded vector's frames are. */
export const vectorPath = (name) => at(`test/fixtures/vectors/${name}.frames`)

/** The frames of a recording, each in a buffer of its own as they come from a socket. */
export function readFrames(path) {
  const bytes = readFileSync(path)
  const frames = []
  for (let start = 0; start < bytes.length;) {
    const end = start + 4 + bytes.readUInt32LE(start)
    frames.push(new Uint8Array(bytes.subarray(start + 4, end)))
    start = end
  }
  return frames
}

/** The payloads of a recording. */
export function readPayloads(path) {
  return readFrames(path).map((frame) => splitFrame(frame).payload)
}
