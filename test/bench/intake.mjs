/**
 * The way from the socket into runs: 100,000 documents over real 0MQ from a Python publisher, into bluesky's
 * RemoteDispatcher and event_model's RunRouter, and into core doing at least as much (decode, route, count, find
 * gaps). Beside it is measured how fast zeromq in Node gives out frames that are thrown away, and what each stage
 * behind the socket costs.
 */
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { at, python } from './lib/paths.mjs'
import { median, spread } from './lib/statistics.mjs'

const vector = at('test/fixtures/vectors/reflection_scan_2000.frames')
const runs = 50
const documents = runs * 2003

const cases = [
  { name: 'bluesky, router', file: python, args: ['receive.py', String(runs)], theirs: true },
  {
    name: 'bluesky, no router',
    file: python,
    args: ['receive.py', String(runs), '--no-router'],
    theirs: true,
  },
  {
    name: 'core, validation',
    file: process.execPath,
    args: ['receive.mjs', String(runs), 'validate'],
  },
  {
    name: 'core, no validation',
    file: process.execPath,
    args: ['receive.mjs', String(runs), 'off'],
  },
  { name: 'zeromq alone', file: process.execPath, args: ['receive.mjs', String(runs), 'raw'] },
  {
    name: 'zeromq alone, as the thread has it',
    file: process.execPath,
    args: ['receive.mjs', String(runs), 'raw-unasked'],
  },
]

/** Measures; fails if core loses a document. */
export async function bench({ rounds = 5, say }) {
  const rates = new Map(cases.map(({ name }) => [name, []]))
  const costs = new Map()
  for (let round = 1; round <= rounds; round += 1) {
    for (const each of cases) {
      const { documents: received, seconds } = await receiveOnce(each)
      const lost = documents - received
      if (!each.theirs && lost !== 0) throw new Error(`${each.name} lost ${lost} documents`)
      rates.get(each.name).push(received / seconds)
      const loss = lost > 0 ? `, ${lost} of ${documents} lost` : ''
      say(`round ${round}: ${each.name}: ${Math.round(received / seconds)} documents/s${loss}`)
    }
    for (const [stage, cost] of Object.entries(await measureStages())) {
      costs.set(stage, [...(costs.get(stage) ?? []), cost])
    }
  }
  return [...rows(rates), ...stageRows(rates, costs)]
}

function rows(rates) {
  return comparisons.map(([ours, theirs]) => {
    const mine = median(rates.get(ours))
    const other = theirs === null ? null : median(rates.get(theirs))
    return {
      case: theirs === null ? ours : `${ours} against ${theirs}`,
      ours: mine,
      theirs: other,
      ratio: other === null ? null : mine / other,
      unit: 'documents/s',
      note: `ours ${spread(rates.get(ours))}`,
    }
  })
}

const comparisons = [
  ['core, validation', 'bluesky, router'],
  ['core, no validation', 'bluesky, router'],
  ['core, no validation', 'bluesky, no router'],
  ['zeromq alone', null],
  ['zeromq alone, as the thread has it', null],
]

/** What a document costs at each stage; `receive` from the rate, the others on their own. */
function stageRows(rates, costs) {
  const receive = rates.get('zeromq alone, as the thread has it').map((rate) => 1e6 / rate)
  return [['receive', receive], ...costs].map(([stage, values]) => ({
    case: `stage ${stage}`,
    ours: median(values),
    theirs: null,
    ratio: null,
    unit: 'us/document',
  }))
}

/** Microseconds a document, by stage. */
async function measureStages() {
  const child = start(process.execPath, ['stages.mjs', vector])
  const { value, done } = await lines(child).next()
  if (done) throw new Error('stages.mjs said nothing')
  return JSON.parse(value)
}

/** Starts a receiver, then a publisher; resolves with what the receiver says. */
async function receiveOnce({ file, args: [script, ...args] }) {
  const address = `127.0.0.1:${await freePort()}`
  const publisher = start(python, ['publish.py', address, vector, '--runs', String(runs)])
  const published = lines(publisher)
  await published.next()
  const receiver = start(file, [script, address, ...args])
  const received = lines(receiver)
  try {
    await received.next()
    const { began } = JSON.parse((await published.next()).value)
    const { value, done } = await received.next()
    if (done) throw new Error(`${script} said nothing`)
    const { documents: count, last } = JSON.parse(value)
    return { documents: count, seconds: last - began }
  } finally {
    for (const child of [receiver, publisher]) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
}

function start(file, [script, ...args]) {
  return spawn(file, [at(`test/bench/intake/${script}`), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
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
