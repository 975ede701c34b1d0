import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { type JobQueue, writeWhole } from '@prompt-papermill/core'

import type { WorkerLogger } from '../log/logger.js'
import type { Worker } from '../worker-contract.js'

/** Who paused the worker, and when. */
export interface Pause {
  readonly who: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** The file below the state folder that is there while the worker is paused, over restarts too. */
function pauseFile(state: string): string {
  return join(state, 'paused.json')
}

/**
 * Has the worker begin no further jobs, until it is resumed; also after a restart. What runs goes on, and runs
 * are received and decided.
 *
 * @returns who paused it first, and when.
 */
export async function pause({ config, ledger, router }: Worker, who: string): Promise<Pause> {
  const paused = (await readPause(config.state)) ?? { who, at: new Date().toISOString() }
  await writeWhole(pauseFile(config.state), `${JSON.stringify(paused)}\n`)
  await router.queue.pause()
  await ledger.act({ who, what: 'pause' })
  return paused
}

/**
 * Has the worker begin jobs again.
 *
 * @returns who had paused it, and when; null if nobody had.
 */
export async function resume(
  { config, ledger, router }: Worker,
  who: string,
): Promise<Pause | null> {
  const paused = await readPause(config.state)
  await forgetPause(config.state)
  await router.queue.resume()
  await ledger.act({ who, what: 'resume' })
  return paused
}

/** Who paused the worker of a state folder, and when; null: nobody, or it was resumed. */
export async function readPause(state: string): Promise<Pause | null> {
  let text: string
  try {
    text = await readFile(pauseFile(state), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const { who, at } = JSON.parse(text) as Partial<Pause>
    return { who: String(who), at: String(at) }
  } catch {
    // somebody made it by hand, as `touch` does, and means it
    return { who: 'somebody', at: 'some time' }
  }
}

/** Has a queue begin no jobs if the worker of a state folder was paused in an earlier life, and says so. */
export async function stayPaused(
  state: string,
  queue: JobQueue,
  logger: WorkerLogger,
): Promise<void> {
  const paused = await readPause(state)
  if (!paused) return
  await queue.pause()
  logger.warn(
    paused,
    `paused by ${paused.who} at ${paused.at}, before this start: jobs are queued and none begins until \`prompt-papermill resume\``,
  )
}

/** Lets the next worker of a state folder begin jobs. */
export async function forgetPause(state: string): Promise<void> {
  await rm(pauseFile(state), { force: true })
}
