import { ConfigError } from '../config/config-error.js'
import { loadConfig } from '../config/load.js'
import type { WorkerLogger } from '../log/logger.js'
import type { Worker } from '../worker-contract.js'

/** What takes another config while it runs. */
export type Reloadable = Pick<Worker, 'config' | 'reload'>

/**
 * Reads the config again on SIGHUP, for as long as the process lives. One that can't be used is refused, and the
 * one from before goes on; so does a signal that comes before the worker is there, which counts once it is.
 */
export class ReloadOnHangup {
  readonly #file: string
  readonly #logger: WorkerLogger
  #worker: Reloadable | undefined
  #asked = false
  #reloading = false

  constructor(file: string, logger: WorkerLogger) {
    this.#file = file
    this.#logger = logger
    process.on('SIGHUP', () => {
      this.#asked = true
      void this.#reload()
    })
  }

  /** The worker is there. */
  begin(worker: Reloadable): void {
    this.#worker = worker
    void this.#reload()
  }

  /** One after another; what is asked for meanwhile comes next, once. */
  async #reload(): Promise<void> {
    if (!this.#worker || this.#reloading) return
    this.#reloading = true
    while (this.#asked) {
      this.#asked = false
      await this.#reloadOnce(this.#worker)
    }
    this.#reloading = false
  }

  async #reloadOnce(worker: Reloadable): Promise<void> {
    try {
      const needsRestart = await worker.reload(await loadConfig(this.#file))
      const rules = worker.config.rules?.map(({ name }) => name) ?? ['default']
      this.#logger.info({ config: this.#file, rules }, 'the config was read again and is in force')
      if (needsRestart.length > 0) {
        this.#logger.warn(
          { keys: needsRestart },
          `${needsRestart.join(', ')}: changed in the config, and needs a restart; goes on as it was`,
        )
      }
    } catch (error) {
      const problems = error instanceof ConfigError ? { problems: error.problems } : { err: error }
      this.#logger.error(
        { config: this.#file, ...problems },
        `the config was not taken, and the one from before goes on: ${(error as Error).message}. Mend it, prove it with \`prompt-papermill check\`, and send SIGHUP again`,
      )
    }
  }
}
