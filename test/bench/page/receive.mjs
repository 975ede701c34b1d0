/**
 * Receive with the worker, while pages are open: as `ledger/receive.mjs`, with so many readers that do what the page
 * does, in a process of their own.
 *
 *     node receive.mjs ADDRESS RUNS PAGES
 *
 * Prints one JSON line once so many runs are in the ledger: runs, last (when the last one was, in seconds since the
 * epoch).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { RemoteDispatcher } from '@prompt-papermill/core'

import { at } from '../lib/paths.mjs'
import { workerWith } from '../ledger/worker.mjs'

const [address, runsText, pages] = process.argv.slice(2)
const runs = Number(runsText)
const rules = [{ name: 'none', when: { plan_name: 'none' }, actions: [{ use: 'note' }] }]
const actions = { note: at('test/bench/ledger/note.mjs') }
// a port also where nobody looks, so that the two differ in who looks alone
const { worker, remove } = await workerWith({ rules, actions, http: { port: 0 } }, [])
const readers = spawn(
  process.execPath,
  [at('test/bench/page/readers.mjs'), String(worker.httpPort), pages],
  { stdio: ['pipe', 'pipe', 'inherit'] },
)
await once(readers.stdout, 'data')
let queued = 0
worker.router.events.on('queued', () => {
  queued += 1
  if (queued === runs) void report()
})
// as the worker makes its own; only once the readers are there, since the publisher begins at once
const source = new RemoteDispatcher(address)
source.subscribe(worker.router)
await source.start()
process.stdout.write('ready\n')

async function report() {
  const last = Date.now() / 1000
  readers.stdin.end()
  await once(readers, 'exit')
  await source.stop()
  await remove()
  process.stdout.write(`${JSON.stringify({ runs: queued, last })}\n`)
}
