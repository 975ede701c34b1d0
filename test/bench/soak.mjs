/**
 * Whether the worker's memory stays flat: the real worker takes 2,000 runs (or PROMPT_PAPERMILL_SOAK) one behind the
 * other, each with its documents kept and a notebook executed, two at once. After every hundred its resident memory is
 * read, as are its threads' files and the processes below it. The first quarter is what it takes to get going.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  mkdirSync,
  openSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import Database from 'better-sqlite3'
import { XPublisher } from 'zeromq'

import { readFrames, vectorPath } from './lib/frames.mjs'
import { notebookOf } from '../support/notebook.mjs'
import { at, python } from './lib/paths.mjs'
import { median } from './lib/statistics.mjs'

const runs = Number(process.env.PROMPT_PAPERMILL_SOAK ?? 2000)
/** So many runs may wait for their notebooks; a beamline has fewer. */
const ahead = 20
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Measures once: it takes long, and what it looks for is growth. */
export async function bench({ say }) {
  const folder = mkdtempSync(join(tmpdir(), 'prompt-papermill-soak-'))
  const socket = new XPublisher({ linger: 0, sendHighWaterMark: 0 })
  await socket.bind('tcp://127.0.0.1:*')
  const worker = startWorker(folder, socket.lastEndpoint)
  try {
    await socket.receive() // somebody has subscribed
    const samples = await follow(worker, socket, join(folder, 'state'), say)
    return rowsOf(samples)
  } finally {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
    socket.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function startWorker(folder, address) {
  mkdirSync(join(folder, 'templates'))
  writeFileSync(join(folder, 'templates/reflection_scan.ipynb'), notebook)
  const config = {
    source: { address },
    templates: join(folder, 'templates'),
    results: join(folder, 'results'),
    state: join(folder, 'state'),
    python,
    http: false,
    kernels: { warm: 2, fork: true, preload: [] },
  }
  // JSON is YAML
  writeFileSync(join(folder, 'worker.yml'), JSON.stringify(config))
  const args = [at('packages/worker/dist/cli.js'), 'run', '-c', join(folder, 'worker.yml')]
  const log = openSync(join(folder, 'log'), 'w')
  return spawn(process.execPath, args, { stdio: ['ignore', log, log] })
}

/** Publishes run after run, never far ahead of what was executed; gives a sample for each hundred. */
async function follow(worker, socket, state, say) {
  const recorded = readFrames(vectorPath('reflection_scan')).map((frame) => Buffer.from(frame))
  const ledger = new Database(join(state, 'ledger.sqlite'), { readonly: true })
  const count = ledger.prepare('SELECT state, count(*) AS jobs FROM jobs GROUP BY state')
  const samples = []
  let published = 0
  for (let next = 100; ;) {
    const jobs = Object.fromEntries(count.all().map((row) => [row.state, row.jobs]))
    const ended = jobs.succeeded ?? 0
    if (jobs.failed) throw new Error(`${jobs.failed} jobs have failed`)
    if (worker.exitCode !== null) throw new Error(`the worker ended with ${worker.exitCode}`)
    if (ended >= next) {
      samples.push({ runs: ended, ...sampleOf(worker.pid) })
      const { resident, files, processes } = samples.at(-1)
      say(
        `${ended} runs: ${Math.round(resident / 1e6)} MB, ${files} open files, ${processes} processes`,
      )
      next += 100
    }
    if (ended >= runs) break
    for (; published < runs && published < ended + ahead; published += 1) {
      for (const frame of anotherRun(recorded)) await socket.send(frame)
    }
    await pause(50)
  }
  ledger.close()
  return samples
}

/** The frames with fresh uids. */
function anotherRun(frames) {
  const fresh = new Map()
  return frames.map((frame) => {
    const text = frame.toString('latin1').replace(uuid, (uid) => {
      if (!fresh.has(uid)) fresh.set(uid, randomUUID())
      return fresh.get(uid)
    })
    return Buffer.from(text, 'latin1')
  })
}

/** Resident bytes of the worker itself, its open files, and how many processes it has below it. */
function sampleOf(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return {
    resident: Number(kilobytes) * 1024,
    files: readdirSync(`/proc/${pid}/fd`).length,
    processes: processesBelow(pid),
  }
}

function processesBelow(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean)
    } catch {
      // it has just ended
      return []
    }
  })
  return children.reduce((count, child) => {
    try {
      return count + 1 + processesBelow(child)
    } catch {
      return count
    }
  }, 0)
}

function rowsOf(samples) {
  const quarter = Math.floor(samples.length / 4)
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)]
  const row = (what, value, unit) => ({ case: what, ours: value, theirs: null, ratio: null, unit })
  const of = (part, key) => median(part.map((sample) => sample[key]))
  const between = of(late, 'runs') - of(early, 'runs')
  return [
    row(`resident, second quarter of ${runs} runs`, of(early, 'resident') / 1e6, 'MB'),
    row(`resident, last quarter of ${runs} runs`, of(late, 'resident') / 1e6, 'MB'),
    row('growth for each run', (of(late, 'resident') - of(early, 'resident')) / between, 'bytes'),
    row('open files, last quarter', of(late, 'files'), 'files'),
    row('processes below it, last quarter', of(late, 'processes'), 'processes'),
  ]
}

const notebook = notebookOf(
  'uid = ""\nresults_dir = ""\ndocuments = ""',
  'print(sum(1 for line in open(documents)), "documents")',
)
