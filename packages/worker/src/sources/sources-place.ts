import type { RunRouter } from '@prompt-papermill/core'

import type { Ledger } from '../ledger/ledger.js'
import type { WorkerLogger } from '../log/logger.js'

/** What sources are wired to. */
export interface SourcesPlace {
  readonly router: RunRouter
  readonly ledger: Ledger
  readonly logger: WorkerLogger
}
