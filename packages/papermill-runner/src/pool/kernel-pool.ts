import type { Logger } from '@prompt-papermill/core'

import { comeTooLate } from '../process/environment.js'
import type { KernelSource, ProcessNeeds } from '../process/kernel-source.js'
import { NotebookProcess } from '../process/notebook-process.js'
import type { KernelStarter } from './kernel-starter.js'
import { ForkedKernels, FreshKernels } from './kernel-starter.js'
import type { KernelPoolOptions, KernelPoolOptionsWithDefaults } from './options.js'
import { poolDefaults } from './options.js'
import { LONGEST_WAIT_MS, MOST_FAILURES, pause, refillNow, RESPITE_MS } from './refill.js'
import { WarmProcess } from './warm-process.js'

/**
 * Python processes started ahead, each with papermill and a kernel that has its modules imported.
 *
 * A notebook takes one, uses it alone, and it is replaced. It runs as if its kernel had just started:
 * counted from 1, with nothing imported by name, in its own working directory and environment. A
 * notebook that the pool has nothing for (it is empty, or of another Python) starts its own process.
 * Starting begins at once, one at a time; what can't start is tried again, then left for a while, with a
 * word in the log, and the notebooks run without.
 *
 * Close it when done, or use `await using`: it ends all kernels that wait, within five seconds, and keeps
 * Node from exiting until then.
 *
 * @throws BlueskyError `bad-option`
 *
 * @example
 * ```ts
 * import { executeNotebook, KernelPool } from '@prompt-papermill/papermill-runner'
 *
 * const pool = new KernelPool({ warm: 1, preload: ['numpy'] })
 * await pool.filled()
 * const result = await executeNotebook('template.ipynb', 'executed.ipynb', {}, { kernels: pool })
 * console.log(result.state) // succeeded
 * await pool.close()
 * ```
 */
export class KernelPool implements KernelSource, AsyncDisposable {
  readonly #options: KernelPoolOptionsWithDefaults
  readonly #logger: Logger | undefined
  readonly #starter: KernelStarter
  readonly #ready: WarmProcess[] = []
  /** What has to have ended when the pool is closed, but for what was taken. */
  readonly #ending = new Set<Promise<unknown>>()
  /** What was taken and has not ended yet. */
  readonly #taken = new Set<NotebookProcess>()
  readonly #waiting = new Set<() => void>()
  #starting: WarmProcess | undefined
  #running = 0
  #failures = 0
  #trouble: string | null = null
  /** Not to be started before: milliseconds as `performance.now()` has them, which nobody sets. */
  #earliest = 0
  /** Since when the next start waits for notebooks to end. */
  #waitsSince: number | undefined
  #saidMissing = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: KernelPoolOptions = {}) {
    this.#options = poolDefaults(options)
    this.#logger = options.logger
    this.#starter = new (this.#options.fork ? ForkedKernels : FreshKernels)(this.#options)
    this.#refill()
  }

  /** How many kernels wait for a notebook. */
  get ready(): number {
    return this.#ready.length
  }

  /** How many kernels are being started. */
  get starting(): number {
    return this.#starting ? 1 : 0
  }

  /** Why no kernel waits: what went wrong with the last one; null while one waits, or none has failed. */
  get trouble(): string | null {
    return this.#ready.length > 0 ? null : this.#trouble
  }

  /**
   * Resolves when as many kernels wait as are wanted; or when they can't, because they could not be
   * started, or the pool is closed. Says whether they do.
   */
  async filled(): Promise<boolean> {
    while (!this.#settled) await new Promise<void>((resolve) => this.#waiting.add(resolve))
    return this.#ready.length >= this.#options.warm
  }

  /**
   * A process that is ready, if there is one for these needs; else one that is started now.
   *
   * @throws the operating system's own error if no process can be started.
   */
  async take(needs: ProcessNeeds): Promise<NotebookProcess> {
    this.#running += 1
    const over = (): void => {
      this.#running -= 1
      this.#refill()
    }
    try {
      const process = await this.#processFor(needs)
      this.#taken.add(process)
      void process.ended.then(() => {
        this.#taken.delete(process)
        over()
      })
      this.#earliest = Math.max(this.#earliest, performance.now() + RESPITE_MS)
      this.#refill()
      return process
    } catch (error) {
      over()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const waiting = [...this.#ready, ...(this.#starting ? [this.#starting] : [])]
    this.#ready.length = 0
    this.#starting = undefined
    this.#tell()
    const closed = this.#starter.close()
    // of those with a notebook only the ones that have said all, and are about to end
    const leaving = [...this.#taken].map(({ disposal }) => disposal)
    await Promise.all([...leaving, ...this.#ending, ...waiting.map((each) => this.#end(each))])
    // notebooks that run go on, and what they were forked from ends with the last of them
    if (this.#running === 0) await closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #settled(): boolean {
    if (this.#closed || this.#failures >= MOST_FAILURES) return true
    return this.#ready.length >= this.#options.warm
  }

  /** A process for this notebook: the quickest that there is. */
  async #processFor(needs: ProcessNeeds): Promise<NotebookProcess> {
    const { python, env, launcher = [] } = needs
    const isOurs = python === this.#options.python && launcher.length === 0
    if (this.#closed || !isOurs) return NotebookProcess.start(needs)
    const warm = this.#warmFor(needs)?.take() ?? (await this.#starter.startNow(env))
    return warm ?? NotebookProcess.start(needs)
  }

  /** One that waits, or else the one that is about to. */
  #warmFor(needs: ProcessNeeds): WarmProcess | undefined {
    const fits = (each: WarmProcess) => each.isAlive && !comeTooLate(each.changesFor(needs.env))
    const index = this.#ready.findIndex(fits)
    if (index >= 0) {
      this.#failures = this.#earliest = 0
      return this.#ready.splice(index, 1)[0]
    }
    const starting = this.#starting
    if (!starting || !fits(starting)) return undefined
    this.#starting = undefined
    return starting
  }

  /** Starts the next kernel, or sees to it that this is looked at again. */
  #refill(): void {
    clearTimeout(this.#timer)
    if (this.#closed || this.#starting) return
    const { warm, cores } = this.#options
    const counts = { wanted: warm, ready: this.#ready.length, running: this.#running, cores }
    const what = refillNow(counts)
    if (what === 'full') return
    const now = performance.now()
    if (what === 'wait') this.#waitsSince ??= now
    const until = what === 'wait' ? (this.#waitsSince ?? now) + LONGEST_WAIT_MS : now
    const wait = Math.max(this.#earliest, until) - now
    if (wait <= 0) this.#start()
    else this.#timer = setTimeout(() => this.#start(), wait)
  }

  #start(): void {
    this.#waitsSince = undefined
    const process = new WarmProcess(this.#starter.start(), this.#options)
    this.#starting = process
    void process.outcome.then((outcome) => {
      if (this.#starting !== process) return
      this.#starting = undefined
      if ('problem' in outcome) {
        this.#failed(process, `a warm kernel could not be started: ${outcome.problem}`)
      } else {
        this.#add(process, outcome.missing)
      }
    })
  }

  #add(process: WarmProcess, missing: Readonly<Record<string, string>>): void {
    this.#ready.push(process)
    this.#trouble = null
    if (Object.keys(missing).length > 0 && !this.#saidMissing) {
      this.#saidMissing = true
      const fields = { python: this.#options.python, missing }
      this.#logger?.warn(fields, 'these modules could not be imported into the warm kernels')
    }
    void process.died.then(() => {
      const index = this.#ready.indexOf(process)
      if (index < 0) return
      this.#ready.splice(index, 1)
      this.#failed(process, 'a warm kernel died while it waited')
    })
    this.#refill()
    this.#tell()
  }

  #failed(process: WarmProcess, what: string): void {
    this.#failures = Math.min(this.#failures + 1, MOST_FAILURES)
    this.#trouble = what
    this.#earliest = performance.now() + pause(this.#failures)
    const fields = { python: this.#options.python, said: process.said }
    if (this.#failures < MOST_FAILURES) this.#logger?.warn(fields, `${what}; trying again`)
    else this.#logger?.error(fields, `${what}; notebooks start their own for some minutes`)
    void this.#end(process)
    this.#refill()
    this.#tell()
  }

  #end(process: WarmProcess): Promise<void> {
    const ending = process.end().then((left) => {
      this.#ending.delete(ending)
      if (left.length === 0) return
      this.#logger?.error({ processes: left }, 'these processes could not be ended')
    })
    this.#ending.add(ending)
    return ending
  }

  /** Wakes those who wait for the pool to be filled. */
  #tell(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resume of waiting) resume()
  }
}
