import type { Run, RunRouter } from '@prompt-papermill/core'

import type { Ledger } from './ledger.js'

/**
 * Notes in the ledger which runs begin and stop.
 *
 * @param failed - told when the ledger could not be written.
 */
export function noteRuns(
  router: RunRouter,
  ledger: Ledger,
  failed: (error: unknown) => void,
): void {
  const note = (run: Run): void => {
    const known = ledger.contents.runs.get(run.uid)
    const now = new Date().toISOString()
    const entry = {
      run: run.toRecord(),
      startedAt: known?.startedAt ?? now,
      stoppedAt: run.stopped ? (known?.stoppedAt ?? now) : null,
    }
    ledger.noteRun(entry).catch(failed)
  }
  router.events.on('opened', note)
  router.events.on('stopped', note)
}
