import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'

import { cannotStart } from '../execute/decide.js'
import type { Environment, EnvironmentChanges } from '../process/environment.js'
import { environmentChanges, environmentNow } from '../process/environment.js'
import { makeScratch, NotebookProcess } from '../process/notebook-process.js'
import { pythonProgram } from '../process/python-program.js'
import type { ProcessEnd, RunningProgram } from '../process/running-program.js'
import { spawnProgram } from '../process/running-program.js'
import { killIfThere } from '../process/strays.js'
import type { SeenEnd } from './forked-program.js'
import { ForkedCall } from './forked-program.js'
import type { KernelPoolOptionsWithDefaults } from './options.js'
import type { ParentEvent } from './parent-event.js'
import { parseParentEvent } from './parent-event.js'
import type { Resolvers } from './promise.js'
import { withResolvers } from './promise.js'

/** Whether a parent got ready, or why not; `forkable` false if no other one would be. */
export type ParentOutcome = 'ready' | { readonly problem: string; readonly forkable: boolean }

/** The parent has to be replaced: a file that it has loaded is another one now. */
export class FileChanged extends Error {}

/** How much is kept of what a parent says. */
const KEPT_CHARACTERS = 2_000

/** How long a parent that is told to end may take, before it is killed. */
const PATIENCE_MS = 2_000

/** A process that is being forked, or was. */
interface Fork {
  readonly call: ForkedCall
  readonly pid: Resolvers<number>
  readonly seen: Resolvers<SeenEnd>
}

/** A Python process that has imported everything once, and of which those are forked that run notebooks. */
export class ForkParent {
  readonly outcome: Promise<ParentOutcome>
  readonly #outcome = withResolvers<ParentOutcome>()
  readonly #python: string
  readonly #program: RunningProgram
  readonly #forks = new Map<number, Fork>()
  readonly #unused = withResolvers<true>()
  #state: 'starting' | 'ready' | 'retired' | 'ended' = 'starting'
  #finished: Promise<number[]> | undefined
  #count = 0
  #said = ''

  constructor({ python, env, kernel, preload, startTimeout }: KernelPoolOptionsWithDefaults) {
    this.#python = python
    const warmth = JSON.stringify({ kernel, preload })
    this.#program = spawnProgram(python, [pythonProgram, 'fork', warmth], env)
    const tooLate = setTimeout(() => {
      this.#fail(`it was not ready after ${startTimeout} s`)
      this.#kill()
    }, startTimeout * 1000)
    this.outcome = this.#outcome.promise.finally(() => clearTimeout(tooLate))
    this.#program.stderr.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-KEPT_CHARACTERS)
    })
    const lines = createInterface({ input: this.#program.stdout })
    lines.on('line', (line) => this.#hear(parseParentEvent(line)))
    void this.#program.ended.then((end) => this.#ended(end))
  }

  /** Whether it can be forked now. */
  get isReady(): boolean {
    return this.#state === 'ready'
  }

  /** Whether processes run that were forked from it. */
  get isUsed(): boolean {
    return this.#forks.size > 0
  }

  /** The end of what it said. */
  get said(): string {
    return this.#said
  }

  /** What has to change in the environment of its kernels for a job that wants these variables. */
  changesFor(env: Environment): EnvironmentChanges {
    return environmentChanges(this.#program.environment, environmentNow(env))
  }

  /** Forks a process, with a kernel. Throws {@link FileChanged}, or an Error that says why it can't. */
  async fork(): Promise<NotebookProcess> {
    if (!this.isReady) throw gone()
    const scratch = await makeScratch()
    try {
      return NotebookProcess.forked(await this.#forkIn(scratch), scratch)
    } catch (error) {
      await rm(scratch, { recursive: true, force: true })
      throw error
    }
  }

  /**
   * Is forked no more, and ends as soon as nothing runs that was forked from it. Returns the ids of
   * processes that could not be ended.
   */
  async end(): Promise<number[]> {
    if (this.#state === 'starting') this.#kill()
    if (this.#state !== 'ended') this.#state = 'retired'
    if (this.isUsed) await this.#unused.promise
    return this.#finish()
  }

  /** Ends it now. */
  #finish(): Promise<number[]> {
    this.#finished ??= (async () => {
      this.#program.stdin.end()
      const timer = setTimeout(() => this.#kill(), PATIENCE_MS)
      const { exitCode } = await this.#program.ended
      clearTimeout(timer)
      return exitCode === 0 ? [] : this.#program.endStrays()
    })()
    return this.#finished
  }

  async #forkIn(scratch: string): Promise<RunningProgram> {
    const call = await ForkedCall.listen(scratch)
    const fork: Fork = { call, pid: withResolvers(), seen: withResolvers() }
    const id = (this.#count += 1)
    this.#forks.set(id, fork)
    try {
      if (!this.isReady) throw gone()
      this.#program.stdin.write(`${JSON.stringify({ id, scratch })}\n`)
      const seen = fork.seen.promise
      const program = call.accept(await fork.pid.promise, this.#program.environment, seen)
      return await Promise.race([program, seen.then((end) => Promise.reject(diedAtOnce(end)))])
    } catch (error) {
      call.abandon()
      this.#forget(id)
      throw error
    }
  }

  #hear(event: ParentEvent | undefined): void {
    if (event === undefined) return
    if (event.event === 'ready') this.#isThere(event.warm)
    else if (event.event === 'failed') this.#fail(event.message)
    else if (event.event === 'ended') void this.#seen(event.id, event)
    else this.#answered(event)
  }

  #isThere(warm: Extract<ParentEvent, { event: 'ready' }>['warm']): void {
    if ('problem' in warm) {
      this.#fail(warm.problem, warm.forkable)
      return
    }
    if (this.#state === 'starting') this.#state = 'ready'
    this.#outcome.resolve('ready')
  }

  /** An order to fork was carried out, or not. */
  #answered(event: Extract<ParentEvent, { event: 'forked' | 'changed' | 'refused' }>): void {
    const pid = this.#forks.get(event.id)?.pid
    if (event.event === 'forked') pid?.resolve(event.pid)
    else if (event.event === 'changed') pid?.reject(new FileChanged(event.file))
    else pid?.reject(new Error(event.message))
  }

  /** Who waits for the last of its processes waits for a parent as well that is to end after it. */
  async #seen(id: number, end: SeenEnd): Promise<void> {
    const fork = this.#forks.get(id)
    this.#forget(id)
    if (this.#state === 'retired' && !this.isUsed) await this.#finish()
    fork?.seen.resolve(end)
  }

  #fail(problem: string, forkable = true): void {
    this.#outcome.resolve({ problem, forkable })
  }

  /** What was forked goes on, though nobody sees any more how it ends. */
  #ended(end: ProcessEnd): void {
    this.#state = 'ended'
    this.#fail(endWords(end, this.#python))
    for (const [id, { call, pid, seen }] of this.#forks) {
      pid.reject(gone())
      void call.over().then(async () => {
        // the mark is in all of them: only the last one may be looked for by it
        const left = this.#forks.size === 1 ? await this.#program.endStrays() : []
        this.#forget(id)
        seen.resolve({ exitCode: null, signal: null, left })
      })
    }
  }

  #forget(id: number): void {
    this.#forks.delete(id)
    if (!this.isUsed && this.#state !== 'ready') this.#unused.resolve(true)
  }

  #kill(): void {
    if (this.#program.pid !== undefined && this.#state !== 'ended') killIfThere(-this.#program.pid)
  }
}

function gone(): Error {
  return new Error('the process that forks kernels has ended')
}

function diedAtOnce(end: ProcessEnd): Error {
  return new Error(`the forked process ${words(end)} before it called`)
}

function endWords(end: ProcessEnd, python: string): string {
  if (end.error) return cannotStart({ python, launcher: [] }, end.error)
  return `it ${words(end)}`
}

function words({ exitCode, signal }: ProcessEnd): string {
  return signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`
}
