/** Eight notebooks at once. */
import { join } from 'node:path'

import { KernelPool } from '@prompt-papermill/papermill-runner'

import { python } from '../lib/paths.mjs'
import { median } from '../lib/statistics.mjs'
import { command, notebook, ours, preload, timed, twoAtATime } from './ways.mjs'

const atOnce = 8
const pools = [1, 2, 4]

/** Measures papermill's commands, two at a time, and pools of several sizes, in turn. */
export async function many({ rounds, say, folder }) {
  const template = notebook('empty')
  const outputs = Array.from({ length: atOnce }, (_, i) => join(folder, `executed-${i}.ipynb`))
  const times = new Map()
  const note = (way, round, taken) => {
    times.set(way, [...(times.get(way) ?? []), taken])
    say(`${atOnce} at once, round ${round}: ${way}: ${Math.round(taken)} ms`)
  }
  for (let round = 1; round <= rounds; round += 1) {
    const commands = () => twoAtATime(outputs.map((out) => () => command(template, out)))
    note('commands', round, await timed(commands))
    for (const fork of [false, true]) {
      for (const warm of pools) {
        const pool = new KernelPool({ python, warm, preload, fork })
        await pool.filled()
        const all = () => Promise.all(outputs.map((out) => ours(pool, template, out)))
        note(`${warm} ${fork ? 'forked' : 'warm'}`, round, await timed(all))
        await pool.close()
      }
    }
  }
  const theirs = median(times.get('commands'))
  times.delete('commands')
  return [...times].map(([way, taken]) => {
    const mine = median(taken)
    const what = `${atOnce} at once, a pool of ${way}, commands two at a time`
    return { case: what, ours: mine, theirs, ratio: theirs / mine, unit: 'ms' }
  })
}
