/**
 * From asking for a notebook to having it: papermill's command, papermill.execute_notebook in one Python process
 * that stays, and ours with a warm kernel, in turn; then eight notebooks at once, with pools of 1, 2 and 4,
 * against eight commands two at a time.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import { executeNotebook, KernelPool } from '@prompt-papermill/papermill-runner'

import { at, python } from './lib/paths.mjs'
import { median, spread } from './lib/statistics.mjs'

const papermill = at('.venv/bin/papermill')
const notebooks = { empty: 'empty.ipynb', 'NumPy and a figure': 'figure.ipynb' }
const preload = ['numpy', 'matplotlib.pyplot']
const atOnce = 8
const pools = [1, 2, 4]

/** Measures; fails if a notebook does. */
export async function bench({ rounds = 7, say }) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-notebook-'))
  try {
    const rows = []
    for (const [name, file] of Object.entries(notebooks)) {
      rows.push(...(await one(name, at(`test/bench/notebook/${file}`), { rounds, say, folder })))
    }
    rows.push(...(await many({ rounds: Math.min(rounds, 3), say, folder })))
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function one(name, template, { rounds, say, folder }) {
  const output = join(folder, 'executed.ipynb')
  const stays = new PythonThatStays()
  const pool = new KernelPool({ python, warm: 1, preload })
  const ways = {
    command: () => command(template, output),
    'one Python process': () => stays.run(template, output),
    ours: () => ours(pool, template, output),
  }
  const times = new Map(Object.keys(ways).map((way) => [way, []]))
  const cells = []
  try {
    await stays.run(template, output)
    for (let round = 1; round <= rounds; round += 1) {
      for (const [way, run] of Object.entries(ways)) {
        if (!(await pool.filled())) throw new Error('the pool can’t be filled')
        const taken = await timed(run)
        times.get(way).push(taken)
        say(`${name}, round ${round}: ${way}: ${Math.round(taken)} ms`)
      }
      cells.push(await cellsTime(output))
    }
  } finally {
    stays.end()
    await pool.close()
  }
  const mine = median(times.get('ours'))
  const note = `ours ${spread(times.get('ours'))}, of it the cells ${Math.round(median(cells))}`
  return ['command', 'one Python process'].map((way) => {
    const theirs = median(times.get(way))
    return { case: `${name}, ${way}`, ours: mine, theirs, ratio: theirs / mine, unit: 'ms', note }
  })
}

async function many({ rounds, say, folder }) {
  const template = at('test/bench/notebook/empty.ipynb')
  const outputs = Array.from({ length: atOnce }, (_, i) => join(folder, `executed-${i}.ipynb`))
  const times = new Map(['commands', ...pools].map((way) => [way, []]))
  for (let round = 1; round <= rounds; round += 1) {
    const commands = await timed(() =>
      twoAtATime(outputs.map((out) => () => command(template, out))),
    )
    times.get('commands').push(commands)
    say(`${atOnce} at once, round ${round}: commands: ${Math.round(commands)} ms`)
    for (const warm of pools) {
      const pool = new KernelPool({ python, warm })
      await pool.filled()
      const taken = await timed(() => Promise.all(outputs.map((out) => ours(pool, template, out))))
      await pool.close()
      times.get(warm).push(taken)
      say(`${atOnce} at once, round ${round}: a pool of ${warm}: ${Math.round(taken)} ms`)
    }
  }
  const theirs = median(times.get('commands'))
  return pools.map((warm) => {
    const mine = median(times.get(warm))
    const what = `${atOnce} at once, a pool of ${warm}, commands two at a time`
    return { case: what, ours: mine, theirs, ratio: theirs / mine, unit: 'ms' }
  })
}

async function ours(pool, template, output) {
  const result = await executeNotebook(template, output, {}, { python, kernels: pool })
  if (result.state !== 'succeeded') throw new Error(result.message)
}

async function command(template, output) {
  await promisify(execFile)(papermill, ['--no-progress-bar', template, output])
}

/** Runs so many that two are at work at any time. */
async function twoAtATime(runs) {
  const left = [...runs]
  const worker = async () => {
    for (let run = left.shift(); run; run = left.shift()) await run()
  }
  await Promise.all([worker(), worker()])
}

async function timed(run) {
  const began = performance.now()
  await run()
  return performance.now() - began
}

/** Milliseconds that the notebook's own cells took, as papermill wrote them. */
async function cellsTime(output) {
  const { cells } = JSON.parse(await readFile(output, 'utf8'))
  return 1000 * cells.reduce((sum, cell) => sum + (cell.metadata.papermill.duration ?? 0), 0)
}

/** A Python process that has imported papermill, and runs one notebook after the other. */
class PythonThatStays {
  constructor() {
    this.child = spawn(python, [at('test/bench/notebook/stay.py')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.lines = createInterface({ input: this.child.stdout })
  }

  async run(template, output) {
    this.child.stdin.write(`${JSON.stringify([template, output])}\n`)
    const [line] = await once(this.lines, 'line')
    if (line !== 'done') throw new Error(line)
  }

  end() {
    this.child.stdin.end()
  }
}
