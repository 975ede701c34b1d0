/**
 * Receive with the worker: as `intake/receive.mjs`, with each run's start and stop in the ledger.
 *
 *     node receive.mjs ADDRESS RUNS
 *
 * Prints one JSON line once so many runs are in the ledger: documents (distinct ones), last (when the last one was,
 * in seconds since the epoch).
 */
import { at } from '../lib/paths.mjs'
import { workerWith } from './worker.mjs'

const [address, runsText] = process.argv.slice(2)
const runs = Number(runsText)
// a rule of one's own: the default one has the documents spooled, which is another matter
const rules = [{ name: 'none', when: { plan_name: 'none' }, actions: [{ use: 'note' }] }]
const actions = { note: at('test/bench/ledger/note.mjs') }
const { worker, remove } = await workerWith({ source: { address }, rules, actions })
let distinct = 0
let stops = 0
worker.router.events.on('stopped', (run) => {
  const events = Object.values(run.events).reduce((sum, n) => sum + n, 0)
  distinct += Math.min(run.documents, events + run.descriptors.length + 2)
})
worker.router.events.on('queued', () => {
  stops += 1
  if (stops === runs) void report()
})
process.stdout.write('ready\n')

async function report() {
  const last = Date.now() / 1000
  const { rows } = await worker.ledger.runs({ open: false, limit: 1000 })
  if (rows.length !== runs) throw new Error(`the ledger has ${rows.length} of ${runs} runs`)
  await remove()
  process.stdout.write(`${JSON.stringify({ documents: distinct, last })}\n`)
}
