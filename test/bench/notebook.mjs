/**
 * From asking for a notebook to having it: papermill's command, papermill.execute_notebook in one Python process
 * that stays, and ours with a kernel that waits, started or forked, in turn. Then eight notebooks at once, with
 * pools of 1, 2 and 4, against eight commands two at a time; how much starting kernels slows notebooks that run; and
 * what the kernels hold that wait.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { many } from './notebook/many.mjs'
import { memory } from './notebook/memory.mjs'
import { one } from './notebook/one.mjs'
import { refilling } from './notebook/refilling.mjs'

/** Measures; fails if a notebook does. */
export async function bench({ rounds = 7, say }) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-notebook-'))
  try {
    const few = { rounds: Math.min(rounds, 3), say, folder }
    return [
      ...(await one('empty', 'empty', { rounds, say, folder })),
      ...(await one('figure', 'NumPy and a figure', { rounds, say, folder })),
      ...(await many(few)),
      ...(await refilling(few)),
      ...(await memory(few)),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
