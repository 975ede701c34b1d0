/**
 * How long Run Stops take from where their frames are read to their commit: 200 runs at 40 a second, with a job
 * each. Prints one JSON line: p50, p99, max, in milliseconds.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'

import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'

import { at } from '../lib/paths.mjs'
import { workerWith } from './worker.mjs'

const runs = 200
const source = new FakeSource()
const note = at('test/bench/ledger/note.mjs')
const rules = [{ name: 'all', when: {}, actions: [{ use: 'note' }] }]
const { worker, remove } = await workerWith({ actions: { note }, rules }, [source])
const began = new Map()
const waits = []
worker.router.events.on('queued', ({ run }) => waits.push(performance.now() - began.get(run.uid)))
for (let i = 0; i < runs; i += 1) {
  const { uid, messages } = makeRunDocuments()
  for (const message of messages) {
    if (message.name === 'stop') began.set(uid, performance.now())
    source.send(message)
  }
  await pause(25)
}
await worker.router.settled()
waits.sort((a, b) => a - b)
await remove()
const [p50, p99] = [0.5, 0.99].map((part) => waits[Math.floor(part * (waits.length - 1))])
process.stdout.write(`${JSON.stringify({ p50, p99, max: waits.at(-1) })}\n`)
