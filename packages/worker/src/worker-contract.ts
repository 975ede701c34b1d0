import type { DocumentSource, RunRouter } from '@prompt-papermill/core'

import type { Config } from './config/compile.js'
import type { Health } from './http/health.js'
import type { Ledger } from './ledger/ledger.js'
import type { WorkerLogger } from './log/logger.js'
import type { ReplayEvent, ReplayRequest } from './replay/replay-files.js'

/** What may be given to `createWorker` besides its config. */
export interface WorkerOptions {
  /** @defaultValue pino on stderr */
  logger?: WorkerLogger
  /** Sources in place of the config's; none for a worker that only replays. */
  sources?: readonly DocumentSource[]
}

/** A worker: receives documents, decides by rules, and has notebooks run. */
export interface Worker {
  readonly config: Config
  readonly ledger: Ledger
  readonly router: RunRouter
  readonly sources: readonly DocumentSource[]
  /** The port on which HTTP is served; null without. */
  readonly httpPort: number | null
  health(): Health
  /** Puts recorded runs through the rules and waits for their jobs. */
  replay(
    files: readonly string[],
    request: ReplayRequest,
    tell: (event: ReplayEvent) => void,
  ): Promise<void>
  /** Stops receiving, gives what runs the grace time, interrupts the rest; resolves when all has ended. */
  stop(): Promise<void>
}

/** Another worker runs on the same state folder. */
export class WorkerRunningError extends Error {
  override readonly name = 'WorkerRunningError'

  constructor(readonly state: string) {
    super(
      `a worker is running on ${state} already; stop it first, or give this one another \`state\``,
    )
  }
}
