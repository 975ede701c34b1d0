/**
 * What the ledger costs: the way from the socket into runs as `intake` measures it, with core alone and with the
 * whole worker, which has each run's start and stop in its ledger; and how long a Run Stop takes from its frame to
 * its commit, 200 runs at 40 a second. At most 50 ms are promised.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

import { at, python } from './lib/paths.mjs'
import { median, spread } from './lib/statistics.mjs'

const vector = at('test/fixtures/vectors/reflection_scan_2000.frames')
const runs = 50
const documents = runs * 2003
const promised = 50

const cases = {
  core: ['intake/receive.mjs', 'validate'],
  worker: ['ledger/receive.mjs'],
}

/** Measures; fails if a document is lost, or a run is not in the ledger. */
export async function bench({ rounds = 5, say }) {
  const rates = { core: [], worker: [] }
  const waits = []
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, [script, ...args]] of Object.entries(cases)) {
      const { documents: received, seconds } = await receiveOnce(script, args)
      if (received !== documents) throw new Error(`${name} lost ${documents - received} documents`)
      rates[name].push(received / seconds)
      say(`round ${round}: ${name}: ${Math.round(received / seconds)} documents/s`)
    }
    const wait = await measureWaits()
    waits.push(wait)
    say(`round ${round}: from a stop's frame to its commit: ${wait.p99.toFixed(1)} ms (99 %)`)
  }
  const [ours, theirs] = [median(rates.worker), median(rates.core)]
  const p99 = median(waits.map((wait) => wait.p99))
  return [
    {
      case: 'worker with its ledger against core alone',
      ours,
      theirs,
      ratio: ours / theirs,
      unit: 'documents/s',
      note: `ours ${spread(rates.worker)}`,
    },
    {
      case: 'a stop, from its frame to its commit, 99 %, against what is promised',
      ours: p99,
      theirs: promised,
      ratio: promised / p99,
      unit: 'ms',
      note: `median ${median(waits.map((wait) => wait.p50)).toFixed(1)}, longest ${Math.max(...waits.map((wait) => wait.max)).toFixed(1)}`,
    },
  ]
}

/** Starts a receiver, then a publisher; resolves with what the receiver says. */
async function receiveOnce(script, args) {
  const address = `127.0.0.1:${await freePort()}`
  const publisher = start(python, ['intake/publish.py', address, vector, '--runs', String(runs)])
  const published = lines(publisher)
  await published.next()
  const receiver = start(process.execPath, [script, address, String(runs), ...args])
  try {
    const received = lines(receiver)
    await received.next()
    const { began } = JSON.parse((await published.next()).value)
    const { documents: count, last } = JSON.parse((await received.next()).value)
    return { documents: count, seconds: last - began }
  } finally {
    await Promise.all([receiver, publisher].map(end))
  }
}

async function measureWaits() {
  const child = start(process.execPath, ['ledger/wait.mjs'])
  try {
    return JSON.parse((await lines(child).next()).value)
  } finally {
    await end(child)
  }
}

function start(file, [script, ...args]) {
  return spawn(file, [at(`test/bench/${script}`), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

function lines(child) {
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]()
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}
