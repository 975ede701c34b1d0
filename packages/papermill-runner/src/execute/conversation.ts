import type { NotebookProcess } from '../process/notebook-process.js'
import type { ProcessEnd } from '../process/running-program.js'
import type { LastEvent, RunnerEvent } from '../process/runner-event.js'
import type { Ending } from './ending.js'
import { endingOf } from './ending.js'
import type { CellProgress } from './estimate.js'
import { Timers } from './timers.js'

/** Seconds beyond its own limits that the Python program gets to end everything and to save. */
export const MARGIN = 5

/** Seconds that an executed notebook gets to be exported. Its state is told by then. */
export const EXPORT_LIMIT = 60

/** What was learnt from a process about the notebook that it ran. */
export interface Told {
  /** Where it runs; only of a process that a launcher started. */
  readonly alive?: Extract<RunnerEvent, { event: 'alive' }>
  readonly ready?: Extract<RunnerEvent, { event: 'ready' }>
  readonly started?: Extract<RunnerEvent, { event: 'started' }>
  /** Of the code cells that ran to their end, the seconds that each took. */
  readonly cellSeconds: readonly number[]
  readonly outputCut?: number
  /** The last word. Missing if the process ended without one. */
  readonly last?: LastEvent
  /** What came of the export, where there was one to come. */
  readonly exported?: Extract<RunnerEvent, { event: 'exported' }>
  /** What this side did to end it. */
  readonly ending?: Ending
  /** This side gave up on a process that did not get ready in time, or whose launcher did not start it. */
  readonly late?: 'ready' | 'alive'
  /** How the process ended; missing while it has its last word said and not yet exited. */
  readonly end?: ProcessEnd
}

export interface ConversationOptions {
  /** Seconds that a launcher has to start the process; undefined without one. */
  readonly launchLimit: number | undefined
  /** Seconds. */
  readonly startTimeout: number
  /** Seconds; Infinity for none. */
  readonly notebookLimit: number
  /** Seconds between the interrupt and the kill. */
  readonly grace: number
  readonly signal: AbortSignal | undefined
  /** Told when the process that a launcher was to start is there. */
  readonly onAlive: () => void
  readonly progress: CellProgress
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
  const conversation = new Conversation(process, job, options)
  const abort = (): void => conversation.abort()
  options.signal?.addEventListener('abort', abort, { once: true })
  if (options.signal?.aborted) abort()
  try {
    return await conversation.hold()
  } finally {
    options.signal?.removeEventListener('abort', abort)
  }
}

class Conversation {
  readonly #process: NotebookProcess
  readonly #job: string
  readonly #options: ConversationOptions
  readonly #timers = new Timers()
  readonly #cellSeconds: number[] = []
  readonly #told: { -readonly [Key in keyof Told]: Told[Key] } = { cellSeconds: this.#cellSeconds }
  #tooLate: NodeJS.Timeout | undefined

  constructor(process: NotebookProcess, job: string, options: ConversationOptions) {
    this.#process = process
    this.#job = job
    this.#options = options
  }

  async hold(): Promise<Told> {
    const { launchLimit, startTimeout } = this.#options
    if (launchLimit === undefined) this.#expect('ready', startTimeout)
    else this.#expect('alive', launchLimit)
    try {
      for await (const event of this.#process.events) {
        if (this.#hear(event) === 'done') return this.#told
      }
      // it has nothing more to say, so it should be gone, and is if it was killed
      this.#timers.after(MARGIN, () => this.#process.kill())
      this.#told.end = await this.#process.ended
      return this.#told
    } finally {
      this.#timers.clear()
    }
  }

  /** Ends the notebook, for the reason that the signal has. */
  abort(): void {
    const { signal, grace } = this.#options
    const ending = endingOf(signal?.reason)
    const { ready, last } = this.#told
    if (!last) this.#told.ending ??= ending
    if (ready && !last) this.#process.order({ order: 'end', ...ending })
    else this.#process.kill()
    this.#timers.after(grace + MARGIN, () => this.#process.kill())
  }

  #hear(event: RunnerEvent): 'done' | undefined {
    const { progress } = this.#options
    switch (event.event) {
      case 'alive':
        this.#told.alive = event
        this.#options.onAlive()
        this.#expect('ready', this.#options.startTimeout)
        return undefined
      case 'ready':
        this.#told.ready = event
        this.#begin()
        return undefined
      case 'undeclared':
        this.#options.onUndeclared(event.names)
        return undefined
      case 'started':
        this.#told.started = event
        return undefined
      case 'cell-started':
        progress.started(event.step, event.of)
        return undefined
      case 'cell-finished':
        this.#cellSeconds.push(event.seconds)
        progress.finished(event.step, event.of, event.seconds)
        return undefined
      case 'output-cut':
        this.#told.outputCut = event.limit
        return undefined
      case 'exported':
        this.#told.exported = event
        return 'done'
      case 'finished':
      case 'failed':
        return this.#end(event)
    }
  }

  /** Gives up on a process that does not say this in so many seconds. */
  #expect(what: 'alive' | 'ready', seconds: number): void {
    clearTimeout(this.#tooLate)
    this.#tooLate = this.#timers.after(seconds, () => {
      this.#told.late = what
      this.#process.kill()
    })
  }

  /** Hands the job to the process that is ready for it. */
  #begin(): void {
    clearTimeout(this.#tooLate)
    if (this.#told.ending) return
    const { notebookLimit, grace } = this.#options
    this.#process.run(this.#job)
    this.#timers.after(notebookLimit + grace + MARGIN, () => {
      this.#told.ending ??= stuck(notebookLimit)
      this.#process.kill()
    })
  }

  #end(last: LastEvent): 'done' | undefined {
    this.#told.last = last
    // the limits were the notebook's; an export that is late or unwanted loses nothing else
    this.#timers.clear()
    if (!last.exports || this.#told.ending) return 'done'
    this.#timers.after(EXPORT_LIMIT, () => this.#process.kill())
    return undefined
  }
}

function stuck(seconds: number): Ending {
  return {
    why: 'timed-out',
    message: `the notebook ran longer than ${seconds} s (limits.notebook), and could not be ended gently`,
    limit: `notebook ${seconds} s`,
  }
}
