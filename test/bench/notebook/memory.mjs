/** What waiting kernels hold: each process's own memory, and its share of what several have. */
import { readdir, readFile } from 'node:fs/promises'

import { KernelPool } from '@prompt-papermill/papermill-runner'

import { python } from '../lib/paths.mjs'
import { preload } from './ways.mjs'

const MB = 1e6

/** Compares pools of one and of four; `theirs` is the one whose kernels are not forked. */
export async function memory({ say }) {
  const held = new Map()
  for (const fork of [false, true]) {
    for (const warm of [1, 4]) {
      const pool = new KernelPool({ python, warm, preload, fork })
      await pool.filled()
      const bytes = await heldBelow(process.pid)
      await pool.close()
      held.set(`${warm} ${fork}`, bytes / MB)
      say(`a pool of ${warm}${fork ? ', forked' : ''}: ${Math.round(bytes / MB)} MB`)
    }
  }
  return [1, 4].map((warm) => {
    const [theirs, mine] = [held.get(`${warm} false`), held.get(`${warm} true`)]
    const what = `memory of ${warm} that wait, forked, not forked`
    return { case: what, ours: mine, theirs, ratio: theirs / mine, unit: 'MB' }
  })
}

/** Bytes that the processes under this one hold. */
async function heldBelow(root) {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const parents = new Map(await Promise.all(ids.map(async (id) => [id, await parentOf(id)])))
  const isBelow = (id) => {
    const parent = parents.get(id)
    return parent === String(root) || (parents.has(parent) && isBelow(parent))
  }
  const shares = await Promise.all(ids.filter(isBelow).map(share))
  return shares.reduce((sum, bytes) => sum + bytes, 0)
}

async function parentOf(id) {
  const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '')
  return /PPid:\s+(\d+)/.exec(status)?.[1]
}

async function share(id) {
  const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '')
  return 1024 * Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0)
}
