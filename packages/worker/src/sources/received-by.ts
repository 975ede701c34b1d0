import type { RunRouter } from '@prompt-papermill/core'

import { LedgerError } from '../ledger/ledger-error.js'

/**
 * What a source asks that can have its documents again: resolves once all runs that have stopped are in the ledger with
 * their jobs.
 *
 * After a run that the ledger could not take for now, it rejects until the worker's next life: then that run comes
 * again. What the ledger can never take is told in the log, and holds nothing up.
 */
export function receivedBy(router: RunRouter): () => Promise<void> {
  let lost: string | null = null
  router.events.on('decision-error', (error, run) => {
    if (error instanceof LedgerError && error.code !== 'refused') lost ??= run.uid
  })
  return async () => {
    await router.decided()
    if (lost === null) return
    throw new Error(
      `the ledger did not take run ${lost}; once its disk can be written, restart the worker, and the run comes again`,
    )
  }
}
