/** What a pool has and does at one moment. */
export interface PoolCounts {
  /** Kernels that are to be kept started. */
  readonly wanted: number
  /** Kernels that wait for a notebook. */
  readonly ready: number
  /** Notebooks that run. */
  readonly running: number
  readonly cores: number
}

/** How long a notebook that has just taken a kernel is left alone: many are done by then. */
export const RESPITE_MS = 150

/** How long the running notebooks may put off a kernel's start. */
export const LONGEST_WAIT_MS = 10_000

/** After so many failures in a row no kernel is started for a while. */
export const MOST_FAILURES = 5

/** After how long it is tried once more all the same. */
export const REST_MS = 10 * 60 * 1000

/**
 * Whether to start a kernel now, wait for a notebook to end, or leave it.
 *
 * A start takes a core for a second or two. While every core has its notebook it would slow one of them,
 * so it waits as long as a kernel is left; with more notebooks than cores it gains nothing at all.
 */
export function refillNow({ wanted, ready, running, cores }: PoolCounts): 'now' | 'wait' | 'full' {
  if (ready >= wanted) return 'full'
  if (running > cores || (running === cores && ready > 0)) return 'wait'
  return 'now'
}

/** Milliseconds to wait after so many failures in a row, before the next start. */
export function pause(failures: number): number {
  return failures >= MOST_FAILURES ? REST_MS : 1000 * 2 ** (failures - 1)
}
