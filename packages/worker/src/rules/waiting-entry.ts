import type { ActionResult, Entry } from '@prompt-papermill/core'

import type { WorkerWait } from '../readiness/make-wait.js'

const note =
  "the run was not in the data server within the limit: it went on with the run's own documents"

/** An entry that waits. Where its wait ended at the limit, its result says so, for whoever reads it. */
export function waitingEntry(entry: Entry, waiting: WorkerWait | undefined): Entry {
  if (!waiting) return entry
  const { action } = entry
  return {
    ...entry,
    wait: waiting.wait,
    action: {
      ...action,
      async run(run, context) {
        const result = await action.run(run, context)
        if (!waiting.fellBack(run.uid)) return result
        context.logger.warn({ uid: run.uid, entry: context.job.entry }, note)
        return withNote(result)
      },
    },
  }
}

function withNote(result: ActionResult): ActionResult {
  return { ...result, message: result.message === undefined ? note : `${result.message}; ${note}` }
}
