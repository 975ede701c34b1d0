/**
 * What each stage of core costs behind the socket, warm and on its own, in one thread:
 *
 *     node stages.mjs VECTOR.frames
 *
 * Prints one JSON line: microseconds a document for split, decode, check, deliver and route. What a stage needs
 * is made before its clock runs.
 */
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

import {
  autoDecoder,
  missingRoutingField,
  RunRouter,
  splitFrame,
  validateDocument,
} from '@prompt-papermill/core'
import { FakeSource } from '@prompt-papermill/core/testing'

/** How often the recorded run is worked through before the clock runs, and then with it. */
const [warmUps, repeats] = [20, 40]

/** The frames, in buffers of some hundreds as they come from the thread that receives. */
function readFrames(path) {
  const bytes = readFileSync(path)
  const frames = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at)
    frames.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  const batches = []
  for (let from = 0; from < frames.length; from += 500) {
    const { buffer } = new Uint8Array(Buffer.concat(frames.slice(from, from + 500)))
    let at = 0
    for (const { length } of frames.slice(from, from + 500)) {
      batches.push(new Uint8Array(buffer, at, length))
      at += length
    }
  }
  return batches
}

/** Microseconds for each of `count`, where `work` does them all. */
function measure(count, work) {
  let began = performance.now()
  for (let n = 0; n < warmUps + repeats; n += 1) {
    if (n === warmUps) began = performance.now()
    work()
  }
  return ((performance.now() - began) * 1000) / (repeats * count)
}

const frames = readFrames(process.argv[2])
const parts = frames.map(splitFrame)
const decoder = autoDecoder()
const messages = parts.map(({ name, payload }) => ({ name, doc: decoder.decode(payload) }))
const source = new FakeSource()
await source.start()
source.subscribe(() => undefined)

const { length } = frames
const stages = {
  split: measure(length, () => {
    for (const frame of frames) splitFrame(frame)
  }),
  decode: measure(length, () => {
    for (const { payload } of parts) decoder.decode(payload)
  }),
  check: measure(length, () => {
    for (const { name, doc } of messages) {
      missingRoutingField(name, doc)
      validateDocument(name, doc)
    }
  }),
  deliver: measure(length, () => {
    for (const message of messages) source.send(message)
  }),
  route: measure(length, () => {
    const router = new RunRouter()
    for (const message of messages) router.dispatch(message)
  }),
}
process.stdout.write(`${JSON.stringify(stages)}\n`)
