import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { root } from './paths.mjs'
import { Problem } from './problem.mjs'

const patience = 30 * 60_000

// outside of the checkout: everything in it may be replaced meanwhile
const key = createHash('sha256').update(root).digest('hex').slice(0, 12)
const folder = join(tmpdir(), `prompt-papermill-set-up-${userInfo().uid}-${key}`)
const owner = join(folder, 'pid')

/** Runs `work` while no other set-up of this checkout does. */
export async function withLock(progress, work) {
  await acquire(progress)
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function acquire(progress) {
  const limit = Date.now() + patience
  for (let waited = false; !taken(); waited = true) {
    const pid = holder()
    if (pid !== undefined && !isAlive(pid)) {
      rmSync(folder, { recursive: true, force: true })
      continue
    }
    if (Date.now() > limit) {
      throw new Problem(
        `another set-up of this checkout has not ended; if none runs, remove ${folder}`,
      )
    }
    if (!waited)
      progress.note(
        `waiting for another set-up of this checkout (process ${pid ?? '?'}, lock ${folder})`,
      )
    await sleep(300)
  }
}

function taken() {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(owner, String(process.pid))
  return true
}

/** The process that has the lock: 0, which never lives, for one that died before it could say so. */
function holder() {
  try {
    return Number(readFileSync(owner, 'utf8')) || undefined
  } catch {
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    return age > 10_000 ? 0 : undefined
  }
}

function isAlive(pid) {
  if (pid === 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
