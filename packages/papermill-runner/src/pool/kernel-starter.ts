import type { Environment } from '../process/environment.js'
import { comeTooLate } from '../process/environment.js'
import { NotebookProcess } from '../process/notebook-process.js'
import { FileChanged, ForkParent } from './fork-parent.js'
import type { KernelPoolOptionsWithDefaults } from './options.js'

/** How a pool comes by processes with a kernel. */
export interface KernelStarter {
  /**
   * Starts one, which says itself when it is ready. Throws an Error that says why it can't, with what the
   * process `said` that kept it from it.
   */
  start(): Promise<NotebookProcess>
  /** One for a notebook that is here, where that takes no longer than it is worth. */
  startNow(env: Environment): Promise<NotebookProcess | undefined>
  /** Starts no more. Resolves when all has ended that it kept, which is after what it started. */
  close(): Promise<void>
}

/** Starts each process, and its kernel, from the beginning. */
export class FreshKernels implements KernelStarter {
  readonly #options: KernelPoolOptionsWithDefaults

  constructor(options: KernelPoolOptionsWithDefaults) {
    this.#options = options
  }

  start(): Promise<NotebookProcess> {
    const { python, env, kernel, preload } = this.#options
    return NotebookProcess.start({ python, env }, { kernel, preload })
  }

  startNow(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** Forks them from one that has imported everything, as long as that can be done; else starts them. */
export class ForkedKernels implements KernelStarter {
  readonly #options: KernelPoolOptionsWithDefaults
  readonly #fresh: FreshKernels
  readonly #ending = new Set<Promise<void>>()
  #parent: ForkParent | undefined
  #unforkable = false
  #closed = false

  constructor(options: KernelPoolOptionsWithDefaults) {
    this.#options = options
    this.#fresh = new FreshKernels(options)
  }

  async start(): Promise<NotebookProcess> {
    for (;;) {
      const parent = await this.#forkable()
      if (parent === undefined) return this.#fresh.start()
      try {
        return await parent.fork()
      } catch (error) {
        if (!(error instanceof FileChanged)) throw error
        this.#replace(parent, error)
      }
    }
  }

  async startNow(env: Environment): Promise<NotebookProcess | undefined> {
    const parent = this.#parent
    if (!parent?.isReady || comeTooLate(parent.changesFor(env))) return undefined
    try {
      return await parent.fork()
    } catch (error) {
      if (error instanceof FileChanged) this.#replace(parent, error)
      else
        this.#options.logger?.warn({ error }, 'a kernel could not be forked; starting another one')
      return undefined
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#retire()
    await Promise.all(this.#ending)
  }

  /** What can be forked; undefined where kernels can't be. Throws an Error that says why there is none now. */
  async #forkable(): Promise<ForkParent | undefined> {
    if (this.#closed) throw new Error('the pool is closed')
    if (this.#unforkable) return undefined
    if (this.#parent && !(await this.#isUsable(this.#parent))) this.#retire()
    const parent = (this.#parent ??= new ForkParent(this.#options))
    const outcome = await parent.outcome
    if (outcome === 'ready') return parent
    this.#retire()
    if (outcome.forkable) throw Object.assign(new Error(outcome.problem), { said: parent.said })
    this.#unforkable = true
    const fields = { python: this.#options.python, reason: outcome.problem }
    this.#options.logger?.warn(fields, 'kernels can’t be forked: each one is started anew')
    return undefined
  }

  async #isUsable(parent: ForkParent): Promise<boolean> {
    return (await parent.outcome) === 'ready' && parent.isReady
  }

  #replace(parent: ForkParent, { message }: FileChanged): void {
    if (this.#parent !== parent) return
    const text = 'a file that the kernels had loaded has changed: loading all of them anew'
    this.#options.logger?.info({ file: message }, text)
    this.#retire()
  }

  #retire(): void {
    const parent = this.#parent
    if (parent === undefined) return
    this.#parent = undefined
    const ending = parent.end().then((left) => {
      this.#ending.delete(ending)
      if (left.length === 0) return
      this.#options.logger?.error({ processes: left }, 'these processes could not be ended')
    })
    this.#ending.add(ending)
  }
}
