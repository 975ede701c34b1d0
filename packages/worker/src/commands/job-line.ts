import type { JobRow } from '../ledger/rows.js'

/** How a job has ended, on a line for people: why it failed, or where its results are. */
export function jobLine({ id, entry, state, reason, message, results_dir: dir }: JobRow): string {
  const why = reason === null ? '' : ` (${reason})`
  return `${id} ${entry}: ${state}${why} ${state === 'failed' ? (message ?? '') : (dir ?? '')}`
}
