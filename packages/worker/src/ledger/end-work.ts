import type { JobQueue, RunRouter } from '@prompt-papermill/core'

import type { PatientLedger } from './patient-ledger.js'

/**
 * Ends a worker's work: what was received is decided, what runs gets the grace time, and what can't be noted in
 * the ledger by then is tried once more and left.
 *
 * @param grace - milliseconds.
 */
export async function endWork(
  router: RunRouter,
  queue: JobQueue,
  ledger: PatientLedger,
  grace: number,
): Promise<void> {
  const hurry = setTimeout(() => ledger.hurry(), grace)
  await router.decided()
  await queue.stop(grace)
  clearTimeout(hurry)
}
