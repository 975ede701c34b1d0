import type { LedgerReader } from '../ledger/ledger.js'
import type { WorkerLogger } from '../log/logger.js'
import type { Worker } from '../worker-contract.js'
import type { LiveFeed } from './live/live-feed.js'

/** What the API answers from. */
export interface ApiPlace {
  /** What is known of runs and jobs. */
  readonly ledger: LedgerReader
  /** The folder that holds all results. */
  readonly results: string
  /** The worker, where it serves this itself; null: nothing can be acted on. */
  readonly worker: Worker | null
  /** Tells those who watch. */
  readonly feed: LiveFeed
  /** Where what went wrong is said. */
  readonly logger: WorkerLogger
}
