import type { DocumentSource, Logger, RunRouter } from '@prompt-papermill/core'
import type { Registry } from 'prom-client'

import type { Config } from './config/config.js'
import type { Health } from './health/health.js'
import type { Ledger } from './ledger/ledger.js'
import type { ReplayEvent, ReplayRequest } from './replay/replay-files.js'

/** What may be given to `createWorker` besides its config. */
export interface WorkerOptions {
  /**
   * Where the worker logs: pino's logger, or any with the four methods of core's `Logger`.
   *
   * @defaultValue pino on stderr
   */
  logger?: Logger
  /**
   * Whether it performs jobs itself, besides those that perform them elsewhere; `intake`, which needs the queue on
   * Redis, does not.
   *
   * @defaultValue `'both'`
   */
  role?: 'both' | 'intake'
  /** Sources in place of the config's; none for a worker that only replays. */
  sources?: readonly DocumentSource[]
}

/** A worker: receives documents, decides by rules, and has notebooks run. */
export interface Worker {
  /** The config in force. */
  readonly config: Config
  /** What is known of runs, jobs and attempts, also of those before this worker's life. */
  readonly ledger: Ledger
  /** Follows the runs and decides; its `events` tell what happens. */
  readonly router: RunRouter
  /** Where the documents come from. */
  readonly sources: readonly DocumentSource[]
  /** The port on which HTTP is served; null without. */
  readonly httpPort: number | null
  /** What `/metrics` serves: a registry of prom-client of the worker's own. */
  readonly metrics: Registry
  /** How the worker is, as far as it is known; as `/healthz` tells. */
  health(): Health
  /** Tries what can be tried, such as writing to the disks, then tells how the worker is; as `/readyz` does. */
  probe(): Promise<Health>
  /** Puts recorded runs through the rules and waits for their jobs. */
  replay(
    files: readonly string[],
    request: ReplayRequest,
    tell: (event: ReplayEvent) => void,
  ): Promise<void>
  /**
   * Puts another config in force: for the next run that is decided, and the next attempt that begins.
   *
   * @returns the keys that differ and need a restart; they stay as they were.
   * @throws ConfigError for rules or actions that can't be used; the config from before goes on then.
   */
  reload(config: Config): Promise<readonly string[]>
  /** Stops receiving, gives what runs the grace time, interrupts the rest; resolves when all has ended. */
  stop(): Promise<void>
}
