import type { Job } from '@prompt-papermill/core'

import type { LedgerReader } from '../ledger/ledger.js'

/** How many jobs that succeeded are looked at: the newest. */
const lookedAt = 1000

/** How long jobs take, as far as past ones of the same template tell. */
export interface Estimate {
  /** Seconds for the jobs that can be told, if so many run at once. */
  readonly seconds: number
  /** How many that are. */
  readonly known: number
  /** How many jobs there are of each template, or action, of which none has succeeded yet. */
  readonly unknown: ReadonlyMap<string, number>
}

/**
 * About how long jobs will take.
 *
 * @param concurrency - how many run at once.
 */
export async function estimateJobs(
  jobs: readonly Job[],
  ledger: Pick<LedgerReader, 'jobs'>,
  concurrency: number,
): Promise<Estimate> {
  const usual = await usualSeconds(ledger)
  const unknown = new Map<string, number>()
  let seconds = 0
  let known = 0
  for (const job of jobs) {
    const name = job.template ?? job.action
    const usually = usual.get(name)
    if (usually === undefined) unknown.set(name, (unknown.get(name) ?? 0) + 1)
    else {
      known += 1
      seconds += usually
    }
  }
  return { seconds: seconds / Math.min(concurrency, Math.max(known, 1)), known, unknown }
}

/** The median of the past durations of each template, or of an action without one. */
async function usualSeconds(ledger: Pick<LedgerReader, 'jobs'>): Promise<Map<string, number>> {
  const { rows } = await ledger.jobs({ state: 'succeeded', limit: lookedAt })
  const durations = new Map<string, number[]>()
  for (const { template, action, started_at: began, finished_at: ended } of rows) {
    if (began === null || ended === null) continue
    const name = template ?? action
    const seconds = (Date.parse(ended) - Date.parse(began)) / 1000
    durations.set(name, [...(durations.get(name) ?? []), Math.max(0, seconds)])
  }
  return new Map([...durations].map(([name, all]) => [name, median(all)]))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
