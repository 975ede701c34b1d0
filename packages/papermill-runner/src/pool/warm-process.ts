import { cannotStart } from '../execute/decide.js'
import type { Environment, EnvironmentChanges } from '../process/environment.js'
import type { NotebookProcess } from '../process/notebook-process.js'
import type { RunnerEvent, Warmth } from '../process/runner-event.js'
import type { KernelPoolOptionsWithDefaults } from './options.js'

/** Whether a kernel got ready, and without which of its modules, or why not. */
export type WarmthOutcome = Extract<Warmth, { readonly kernel: string }> | { problem: string }

/** How much is kept of what a process says before it has a notebook. */
const KEPT_CHARACTERS = 2_000

/** How long a process that is told to end may take, before it is killed. */
const PATIENCE_MS = 2_000

/** A process that is started ahead: until it is taken, or ended. */
export class WarmProcess {
  readonly outcome: Promise<WarmthOutcome>
  /** Resolves when it ends, taken or not. Never if it could not be started at all. */
  readonly died: Promise<void>
  readonly #starting: Promise<NotebookProcess>
  #process: NotebookProcess | undefined
  readonly #python: string
  #isAlive = false
  #said = ''
  #tooLate: NodeJS.Timeout | undefined
  #late = false

  /** `starting` says why in its error where it can't be started. */
  constructor(
    starting: Promise<NotebookProcess>,
    { python, startTimeout }: KernelPoolOptionsWithDefaults,
  ) {
    this.#python = python
    this.#starting = starting
    this.outcome = this.#starting.then(
      (process) => this.#watch(process, startTimeout),
      (error: unknown) => this.#notStarted(error as Error & { readonly said?: string }),
    )
    this.died = this.#starting.then(
      (process) => process.ended.then(() => void (this.#isAlive = false)),
      () => new Promise(() => undefined),
    )
  }

  /** Whether there is a process that can be taken. */
  get isAlive(): boolean {
    return this.#isAlive
  }

  /** The end of what it said. */
  get said(): string {
    return this.#said
  }

  /** What has to change in its environment for a job that wants these variables. */
  changesFor(env: Environment): EnvironmentChanges {
    return this.#alive().changesFor(env)
  }

  /** Hands the process over, ready or not. */
  take(): NotebookProcess {
    const process = this.#alive()
    clearTimeout(this.#tooLate)
    process.stderr.off('data', this.#keep)
    process.stderr.pause()
    return process
  }

  /** Ends it; returns the ids of processes that could not be ended. */
  async end(): Promise<number[]> {
    clearTimeout(this.#tooLate)
    const process = await this.#starting.catch(() => undefined)
    process?.closeInput()
    return (await process?.dispose(PATIENCE_MS)) ?? []
  }

  #notStarted({ message, said }: Error & { readonly said?: string }): WarmthOutcome {
    this.#said = said ?? ''
    return { problem: message }
  }

  async #watch(process: NotebookProcess, seconds: number): Promise<WarmthOutcome> {
    this.#process = process
    this.#isAlive = true
    process.stderr.on('data', this.#keep)
    this.#tooLate = setTimeout(() => {
      this.#late = true
      process.kill()
    }, seconds * 1000)
    const first = await process.first()
    clearTimeout(this.#tooLate)
    if (this.#late) return { problem: `it was not ready after ${seconds} s` }
    return first ? outcomeOf(first) : { problem: await endWords(process, this.#python) }
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#said = (this.#said + chunk.toString()).slice(-KEPT_CHARACTERS)
  }

  #alive(): NotebookProcess {
    if (!this.#process) throw new Error('the process has not started yet')
    return this.#process
  }
}

function outcomeOf(first: RunnerEvent): WarmthOutcome {
  if (first.event === 'ready' && first.warm) return first.warm
  return { problem: first.event === 'failed' ? first.message : `it said ${first.event} first` }
}

async function endWords(process: NotebookProcess, python: string): Promise<string> {
  const { error, signal, exitCode } = await process.ended
  if (error) return cannotStart({ python, launcher: [] }, error)
  return signal === null ? `it exited with code ${exitCode}` : `it was ended by ${signal}`
}
