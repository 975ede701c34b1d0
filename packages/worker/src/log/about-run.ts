import type { Run } from '@prompt-papermill/core'

import { shown } from './escape.js'

/** The fields by which a line of the log says which run it is about. */
export function about(run: Run): object {
  return run.started
    ? { uid: run.uid, plan_name: run.start.plan_name, scan_id: run.start.scan_id }
    : { uid: run.uid }
}

/** What people call a run. */
export function titleOf(run: Run): string {
  if (!run.started) return `run ${run.uid.slice(0, 8)}`
  const { plan_name: plan, scan_id: scan } = run.start
  return `scan ${shown(scan)} (${shown(plan)})`
}
