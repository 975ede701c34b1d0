import type { Progress } from '@prompt-papermill/core'

import type { NotebookProcess, ProcessEnd } from '../process/notebook-process.js'
import type { LastEvent, RunnerEvent } from '../process/runner-event.js'
import type { Ending } from './ending.js'
import { endingOf } from './ending.js'

/** Seconds beyond its own limits that the Python program gets to end everything and to save. */
export const MARGIN = 5

const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What was learnt from a process about the notebook that it ran. */
export interface Told {
  readonly ready?: Extract<RunnerEvent, { event: 'ready' }>
  readonly started?: Extract<RunnerEvent, { event: 'started' }>
  /** How many code cells ran to their end. */
  readonly executed: number
  readonly outputCut?: number
  /** The last word. Missing if the process ended without one. */
  readonly last?: LastEvent
  /** What this side did to end it. */
  readonly ending?: Ending
  /** This side gave up on a process that did not get ready in time. */
  readonly late?: true
  /** How the process ended; missing while it has its last word said and not yet exited. */
  readonly end?: ProcessEnd
}

export interface ConversationOptions {
  /** Seconds. */
  readonly startTimeout: number
  /** Seconds; Infinity for none. */
  readonly notebookLimit: number
  /** Seconds between the interrupt and the kill. */
  readonly grace: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: Progress) => void
  readonly onUndeclared: (names: readonly string[]) => void
}

/**
 * Has a process run one job, and returns what it told. Ends in bounded time whatever the process
 * does: the program ends its notebook by itself, and is killed when it takes {@link MARGIN} longer.
 */
export async function converse(
  process: NotebookProcess,
  job: string,
  options: ConversationOptions,
): Promise<Told> {
  const told: { -readonly [Key in keyof Told]: Told[Key] } = { executed: 0 }
  const timers = new Timers()
  const giveUp = (ending: Ending) => {
    told.ending ??= ending
    process.kill()
  }
  const abort = () => {
    const ending = endingOf(options.signal?.reason)
    told.ending ??= ending
    if (told.ready) process.order({ order: 'end', ...ending })
    else process.kill()
    timers.after(options.grace + MARGIN, () => giveUp(ending))
  }
  const lateStart = timers.after(options.startTimeout, () => {
    told.late = true
    process.kill()
  })
  options.signal?.addEventListener('abort', abort, { once: true })
  if (options.signal?.aborted) abort()
  try {
    for await (const event of process.events) {
      switch (event.event) {
        case 'ready':
          told.ready = event
          clearTimeout(lateStart)
          if (told.ending) break
          process.run(job)
          timers.after(options.notebookLimit + options.grace + MARGIN, () =>
            giveUp(stuck(options.notebookLimit)),
          )
          break
        case 'undeclared':
          options.onUndeclared(event.names)
          break
        case 'started':
          told.started = event
          break
        case 'cell-started':
          options.onProgress({ step: event.step, of: event.of, event: 'started' })
          break
        case 'cell-finished':
          told.executed = event.step
          options.onProgress({ step: event.step, of: event.of, event: 'finished' })
          break
        case 'output-cut':
          told.outputCut = event.limit
          break
        case 'finished':
        case 'failed':
          told.last = event
          return told
      }
    }
    // it has nothing more to say, so it should be gone, and is if it was killed
    timers.after(MARGIN, () => process.kill())
    told.end = await process.ended
    return told
  } finally {
    timers.clear()
    options.signal?.removeEventListener('abort', abort)
  }
}

function stuck(seconds: number): Ending {
  return {
    why: 'timed-out',
    message: `the notebook ran longer than ${seconds} s (limits.notebook), and could not be ended gently`,
    limit: `notebook ${seconds} s`,
  }
}

/** Timers that are forgotten together. */
class Timers {
  readonly #timers: NodeJS.Timeout[] = []

  after(seconds: number, action: () => void): NodeJS.Timeout | undefined {
    if (seconds === Infinity) return undefined
    const timer = setTimeout(action, Math.min(seconds * 1000, LONGEST_TIMER_MS))
    this.#timers.push(timer)
    return timer
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
