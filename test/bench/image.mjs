/**
 * An image of 2,000 x 2,000 uint16 in an event: the time to decode it, and the bytes that are taken besides the
 * frame, from the frame as it comes and from one in which the image lies as a typed array needs it. A copy of
 * the image is 8 MB.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { autoDecoder } from '@prompt-papermill/core'

import { PythonLoop } from './lib/python-loop.mjs'
import { median, spread } from './lib/statistics.mjs'

const serializers = ['pickle 4', 'pickle 5', 'msgpack']
const [width, height] = [2000, 2000]
const imageBytes = width * height * 2
const decoder = autoDecoder()
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

/** Measures; fails if the image is copied more than once, or comes out as something else. */
export async function bench({ rounds = 5, say }) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-image-'))
  try {
    const rows = []
    for (const serializer of serializers) {
      rows.push(...(await one(serializer, join(folder, 'payload'), { rounds, say })))
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function one(serializer, file, { rounds, say }) {
  const theirs = new PythonLoop('image/loads.py', serializer, file)
  const found = { copied: [], lying: [], theirs: [] }
  try {
    await theirs.read()
    const payload = await readFile(file)
    // uint16 needs an even place: in one of the two the image has it
    const frames = [0, 1].map((shift) => placed(payload, shift))
    for (const frame of frames) await decode(frame)
    for (let round = 1; round <= rounds; round += 1) {
      const both = [await decode(frames[0]), await decode(frames[1])]
      const [lying, copied] = both.sort((one, other) => one.bytes - other.bytes)
      const python = JSON.parse(await theirs.ask('again'))
      found.copied.push(copied)
      found.lying.push(lying)
      found.theirs.push({ milliseconds: python.seconds * 1000, bytes: python.allocated })
      say(
        `${serializer}, round ${round}: copied ${told(copied)}; lying right ${told(lying)}; Python ${told(found.theirs.at(-1))}`,
      )
    }
  } finally {
    await theirs.end()
  }
  return [
    ...rowsOf(serializer, 'copied', found.copied, found.theirs),
    ...rowsOf(serializer, 'lying right', found.lying, found.theirs),
  ]
}

/** A payload in a buffer with a little more, as behind a frame's name. */
function placed(payload, shift) {
  const frame = new Uint8Array(payload.length + 8)
  frame.set(payload, shift)
  return frame.subarray(shift, shift + payload.length)
}

/** Decodes; tells the time, and what was taken besides. */
async function decode(bytes) {
  await settled()
  const before = taken()
  const began = performance.now()
  const { data } = decoder.decode(bytes)
  const milliseconds = performance.now() - began
  const allocated = taken() - before
  const { image } = data
  if (!(image.data instanceof Uint16Array) || image.data.length !== width * height) {
    throw new Error('the image is not what it was')
  }
  if (allocated > 1.1 * imageBytes) throw new Error(`${allocated} bytes: more than one copy`)
  return { milliseconds, bytes: allocated }
}

/** Resolves when what is garbage is gone, buffers outside of the heap too, which are freed a little later. */
async function settled() {
  for (let left = taken(), before = Infinity; left < before; before = left, left = taken()) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function taken() {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}

function told({ milliseconds, bytes }) {
  return `${milliseconds.toFixed(2)} ms and ${Math.round(bytes)} bytes`
}

function rowsOf(serializer, how, mine, theirs) {
  const times = mine.map(({ milliseconds }) => milliseconds)
  const theirTimes = theirs.map(({ milliseconds }) => milliseconds)
  const [ours, other] = [median(times), median(theirTimes)]
  const [bytes, theirBytes] = [mine, theirs].map((all) => median(all.map((one) => one.bytes)))
  return [
    {
      case: `${serializer}, ${how}, time`,
      ours,
      theirs: other,
      ratio: other / ours,
      unit: 'ms',
      note: `ours ${spread(times, 2)}, Python ${spread(theirTimes, 2)}`,
    },
    {
      case: `${serializer}, ${how}, bytes besides the frame`,
      ours: bytes,
      theirs: theirBytes,
      ratio: theirBytes / Math.max(1, bytes),
      unit: 'bytes',
    },
  ]
}
