/**
 * Runs through frames, decoder and RunRouter, and what stays in memory of them.
 *
 *     node --expose-gc runs.mjs FRAMES callback|rule|open RUNS...
 *
 * prints one line of JSON before any run, and one for each number of RUNS when so many have passed: heap and rss.
 * `callback` has a factory with one callback, as Python's; `rule` has besides it a rule with an action, and a queue
 * that remembers a thousand jobs; with `open` the runs are not stopped.
 */
import { randomUUID } from 'node:crypto'

import { defineAction, frameReader, MemoryJobQueue, RunRouter } from '@prompt-papermill/core'

import { readFrames } from '../lib/frames.mjs'

const [file, mode, ...marks] = process.argv.slice(2)
const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gu
const recorded = readFrames(file).map((frame) => Buffer.from(frame).toString('latin1'))
const read = frameReader({ prefix: null })
const queue = new MemoryJobQueue({ remembered: 1000 })
const router = new RunRouter([() => [[() => undefined], []]], { queue, maxOpenRuns: 10_000 })
await queue.start(router.performer)
if (mode === 'rule') {
  const run = () => Promise.resolve({ state: 'succeeded' })
  router.on({ name: 'every run', when: {} }, defineAction({ name: 'nothing', run }))
}

/** The documents of one run more. */
function* anotherRun() {
  const fresh = new Map()
  for (const text of recorded) {
    const frame = text.replace(uuid, (old) => {
      if (!fresh.has(old)) fresh.set(old, randomUUID())
      return fresh.get(old)
    })
    const outcome = read(new Uint8Array(Buffer.from(frame, 'latin1')))
    if (outcome.kind !== 'document') throw new Error(JSON.stringify(outcome))
    yield outcome.message
  }
}

async function tell() {
  await router.settled()
  // what was freed may need a turn to be let go
  await new Promise((resolve) => setTimeout(resolve, 100))
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.stdout.write(`${JSON.stringify({ heap: heapUsed + external, rss })}\n`)
}

let runs = 0
await tell()
for (const mark of marks.map(Number)) {
  for (; runs < mark; runs += 1) {
    for (const message of anotherRun()) {
      if (mode === 'open' && message.name === 'stop') break
      router.dispatch(message)
    }
    // jobs are decided and done in between, as they are where documents come from a socket
    if (runs % 100 === 99) await router.settled()
  }
  await tell()
}
process.exit(0)
