/** One notebook, from asking for it to having it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { KernelPool } from '@prompt-papermill/papermill-runner'

import { python } from '../lib/paths.mjs'
import { median, spread } from '../lib/statistics.mjs'
import { command, notebook, ours, preload, PythonThatStays, timed } from './ways.mjs'

/** Measures each way in turn. `what` is the notebook in words. */
export async function one(name, what, { rounds, say, folder }) {
  const template = notebook(name)
  // a new one each time, as each attempt of a worker's has: to put one in an old one's place takes the disk longer
  let outputs = 0
  const output = () => join(folder, `${name}-${(outputs += 1)}.ipynb`)
  let last = ''
  const stays = new PythonThatStays()
  const warm = new KernelPool({ python, warm: 1, preload })
  const forked = new KernelPool({ python, warm: 1, preload, fork: true })
  const ways = {
    command: () => command(template, output()),
    'one Python process': () => stays.run(template, output()),
    warm: () => ours(warm, template, (last = output())),
    forked: () => ours(forked, template, output()),
  }
  const times = new Map(Object.keys(ways).map((way) => [way, []]))
  const cells = []
  try {
    await stays.run(template, output())
    for (let round = 1; round <= rounds; round += 1) {
      for (const [way, run] of Object.entries(ways)) {
        const filled = await Promise.all([warm.filled(), forked.filled()])
        if (filled.includes(false)) throw new Error('the pool can’t be filled')
        const taken = await timed(run)
        times.get(way).push(taken)
        say(`${what}, round ${round}: ${way}: ${Math.round(taken)} ms`)
        if (way === 'warm') cells.push(await cellsTime(last))
      }
    }
  } finally {
    stays.end()
    await Promise.all([warm.close(), forked.close()])
  }
  return rowsOf(what, times, median(cells))
}

function rowsOf(what, times, cells) {
  return ['warm', 'forked'].flatMap((way) => {
    const mine = median(times.get(way))
    const note = `ours ${spread(times.get(way))}, of it the cells ${Math.round(cells)}`
    return ['command', 'one Python process'].map((other) => {
      const theirs = median(times.get(other))
      const ratio = theirs / mine
      return { case: `${what}, ${way}, ${other}`, ours: mine, theirs, ratio, unit: 'ms', note }
    })
  })
}

/** Milliseconds that the notebook's own cells took, as papermill wrote them. */
async function cellsTime(output) {
  const { cells } = JSON.parse(await readFile(output, 'utf8'))
  return 1000 * cells.reduce((sum, cell) => sum + (cell.metadata.papermill.duration ?? 0), 0)
}
