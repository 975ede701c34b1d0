import type { ActionRunner, AttemptOutcome, ResultsRoot } from '@prompt-papermill/core'

import type { WorkerLogger } from '../log/logger.js'

/** How long an attempt waits for the results folder, and how often it looks; milliseconds. */
export interface ResultsPatience {
  readonly limit: number
  readonly first: number
  readonly longest: number
}

/** A server that is restarted, or a disk that somebody mounts again, takes minutes. */
const defaultResultsPatience: ResultsPatience = {
  limit: 3_600_000,
  first: 200,
  longest: 5_000,
}

/**
 * Has attempts wait while the results folder is away, rather than fail one after the other; and one that lost it
 * on its way is interrupted, so that it is made once more when the folder is back.
 */
export class PatientResults {
  readonly #root: ResultsRoot
  readonly #logger: WorkerLogger
  readonly #patience: ResultsPatience
  #trouble: string | null = null

  constructor(
    root: ResultsRoot,
    logger: WorkerLogger,
    patience: ResultsPatience = defaultResultsPatience,
  ) {
    this.#root = root
    this.#logger = logger
    this.#patience = patience
  }

  /** Why no attempt can begin now, as far as the last one knows; null: it can. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** The same runner, with patience. */
  around(runAction: ActionRunner): ActionRunner {
    return async (work): Promise<AttemptOutcome> => {
      await this.#there(work.request.signal)
      const outcome = await runAction(work)
      const { result } = outcome
      if (result.state !== 'failed' || work.request.signal.aborted) return outcome
      const problem = await this.look()
      if (problem === null) return outcome
      const message = `${problem}; it went while this ran: ${result.message}`
      return { ...outcome, result: { state: 'failed', reason: 'interrupted', message } }
    }
  }

  /** Resolves once the folder is there, the attempt is told to end, or the limit is reached. */
  async #there(signal: AbortSignal): Promise<void> {
    const { limit, first, longest } = this.#patience
    const until = performance.now() + limit
    for (let pause = first; ; pause = Math.min(pause * 2, longest)) {
      const problem = await this.look()
      if (problem === null || signal.aborted || performance.now() >= until) return
      await pauseFor(pause, signal)
    }
  }

  /** Looks whether the folder is there; resolves with what is wrong, or null. */
  async look(): Promise<string | null> {
    const before = this.#trouble
    this.#trouble = await this.#root.problem()
    if (this.#trouble !== null && before === null) {
      this.#logger.error(`${this.#trouble}. No attempt begins until it is there`)
    } else if (this.#trouble === null && before !== null) {
      this.#logger.info({ results: this.#root.path }, 'the results folder is there again')
    }
    return this.#trouble
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
