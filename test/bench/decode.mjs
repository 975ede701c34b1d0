/**
 * Each decoder alone: the payloads of recorded frames into values, against what bluesky decodes them with in Python.
 * Documents are counted by seconds of the processor, on both sides, with all that garbage collection takes.
 */
import { makeDecoder } from '@prompt-papermill/core'

import { readPayloads, vectorPath } from './lib/frames.mjs'
import { PythonLoop } from './lib/python-loop.mjs'
import { median, spread } from './lib/statistics.mjs'

const kinds = ['baseline_multi', 'count_prefix', 'fly', 'grid', 'interleaved', 'reflection_scan']
const cases = [
  { name: 'pickle, events of a scan', serializer: 'pickle', vectors: ['reflection_scan_2000'] },
  { name: 'pickle, documents of all kinds', serializer: 'pickle', vectors: kinds },
  { name: 'pickle, with arrays', serializer: 'pickle', vectors: ['arrays'] },
  { name: 'pickle of protocol 5', serializer: 'pickle', vectors: ['pickle5'] },
  { name: 'pickle of protocol 2', serializer: 'pickle', vectors: ['pickle2'] },
  { name: 'msgpack', serializer: 'msgpack', vectors: ['msgpack'] },
  { name: 'msgpack with msgpack_numpy', serializer: 'msgpack', vectors: ['msgpack_numpy'] },
  { name: 'json', serializer: 'json', vectors: ['json'] },
]
/** Documents that are decoded in one turn. */
const atOnce = 100_000

/** Measures; both sides decode the same payloads as often. */
export async function bench({ rounds = 5, say }) {
  const rows = []
  for (const each of cases) rows.push(await one(each, { rounds, say }))
  return rows
}

async function one({ name, serializer, vectors }, { rounds, say }) {
  const payloads = vectors.flatMap((vector) => readPayloads(vectorPath(vector)))
  const decoder = makeDecoder(serializer)
  const theirs = new PythonLoop('decode/loads.py', serializer, ...vectors.map(vectorPath))
  const rates = { ours: [], theirs: [] }
  try {
    const count = Number(await theirs.read())
    if (count !== payloads.length) throw new Error(`${count} payloads, not ${payloads.length}`)
    const times = Math.ceil(atOnce / count)
    // the first turn is for compilers and caches
    decodeAll(decoder, payloads, Math.ceil(times / 4))
    await theirs.ask(Math.ceil(times / 4))
    for (let round = 1; round <= rounds; round += 1) {
      const began = process.cpuUsage()
      decodeAll(decoder, payloads, times)
      const { user, system } = process.cpuUsage(began)
      rates.ours.push((times * count) / ((user + system) / 1e6))
      rates.theirs.push((times * count) / Number(await theirs.ask(times)))
      const [ours, other] = [rates.ours.at(-1), rates.theirs.at(-1)]
      say(`${name}, round ${round}: ours ${Math.round(ours)}, Python ${Math.round(other)}`)
    }
  } finally {
    await theirs.end()
  }
  const [mine, other] = [median(rates.ours), median(rates.theirs)]
  const note = `ours ${spread(rates.ours)}, Python ${spread(rates.theirs)}`
  return { case: name, ours: mine, theirs: other, ratio: mine / other, unit: 'documents/s', note }
}

function decodeAll(decoder, payloads, times) {
  for (let time = 0; time < times; time += 1) {
    for (const payload of payloads) decoder.decode(payload)
  }
}
