/** Two notebooks that keep two cores busy, with and without kernels being started meanwhile. */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { KernelPool } from '@prompt-papermill/papermill-runner'

import { python } from '../lib/paths.mjs'
import { median } from '../lib/statistics.mjs'
import { notebook, ours, preload, timed } from './ways.mjs'

const cores = 2

/** `theirs` is the time without a pool to refill: it is closed as soon as the notebooks have their kernels. */
export async function refilling({ rounds, say, folder }) {
  const ways = {
    alone: { warm: cores, closes: true },
    'a kernel is left': { warm: cores + 1 },
    'none is left': { warm: cores },
    'none is left, forked': { warm: cores, fork: true },
  }
  const times = new Map(Object.keys(ways).map((way) => [way, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const [way, { closes = false, ...options }] of Object.entries(ways)) {
      const pool = new KernelPool({ python, cores, preload, ...options })
      await pool.filled()
      const taken = await timed(() => twoBusy(pool, folder, closes))
      await pool.close()
      times.get(way).push(taken)
      say(`two busy notebooks, round ${round}: ${way}: ${Math.round(taken)} ms`)
    }
  }
  const theirs = median(times.get('alone'))
  times.delete('alone')
  return [...times].map(([way, taken]) => {
    const mine = median(taken)
    const what = `two busy notebooks while the pool is refilled, ${way}`
    return { case: what, ours: mine, theirs, ratio: theirs / mine, unit: 'ms' }
  })
}

async function twoBusy(pool, folder, closes) {
  const outputs = Array.from({ length: cores }, (_, i) => join(folder, `busy-${i}.ipynb`))
  const runs = outputs.map((output) => ours(pool, notebook('busy'), output))
  // when each has taken its kernel, there is nothing to take away
  while (closes && pool.ready > 0) await setTimeout(1)
  if (closes) await pool.close()
  await Promise.all(runs)
}
