/**
 * Measures what decoding greedy payloads takes: one line of JSON for each, `{ name, bytes, outcome, milliseconds, allocated }`, of the processor's time and in bytes. Run it with a young generation so large that nothing is collected in between (`--expose-gc
 * --min-semi-space-size=512 --max-semi-space-size=512`): then the heap's growth is all that was allocated.
 */
import { getHeapStatistics } from 'node:v8'

import { makeDecoder } from '../../../../packages/core/src/decode/decoders.js'
import { constantPayloads } from './constant.js'
import { greedyPayloads } from './greedy.js'

const [size = '200000'] = process.argv.slice(2)
const decoders = {
  pickle: makeDecoder('pickle'),
  msgpack: makeDecoder('msgpack'),
  json: makeDecoder('json'),
}
/** Keeps what was decoded until it is measured. */
const kept: unknown[] = []

function memory(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}

function decode(serializer: keyof typeof decoders, payload: Uint8Array): string {
  try {
    kept.push(decoders[serializer].decode(payload))
    return 'value'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

const all = [
  ...greedyPayloads.map(({ name, serializer, make }) => ({
    name,
    serializer,
    make: () => make(Number(size)),
  })),
  ...constantPayloads.map((one) => ({ ...one, serializer: 'pickle' as const })),
]
for (const { name, serializer, make } of all) {
  // the second time nothing is compiled or learned any more
  decode(serializer, make())
  const payload = make()
  kept.length = 0
  globalThis.gc?.()
  const before = memory()
  // the processor's time, since the machine may be busy with other things
  const began = process.cpuUsage()
  const outcome = decode(serializer, payload)
  const { user, system } = process.cpuUsage(began)
  const milliseconds = (user + system) / 1000
  const allocated = memory() - before
  const line = { name, bytes: payload.length, outcome, milliseconds, allocated }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
