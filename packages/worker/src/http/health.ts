import type { DocumentSource, RunRouter } from '@prompt-papermill/core'

/** How the worker is, as `/healthz` tells. */
export interface Health {
  /** Whether every source that has a connection is connected, and nothing is in trouble. */
  readonly ready: boolean
  /** What keeps the worker from its work, a sentence each: a full disk, a folder that is gone. */
  readonly troubles: readonly string[]
  /** Each source: where it is, whether it is connected (null: it has no connection), and what it counted. */
  readonly sources: readonly {
    readonly source: string
    readonly connected: boolean | null
    readonly documents: number
    readonly dropped: number
    readonly invalid: number
    readonly ignored: number
  }[]
  /** How many runs have begun and not stopped. */
  readonly open_runs: number
  /** Whether no job begins until the worker is resumed. */
  readonly paused: boolean
  /** The worker's process. */
  readonly pid: number
}

/** Asks a worker how it is. */
export function healthOf(
  {
    sources,
    router,
  }: {
    readonly sources: readonly DocumentSource[]
    readonly router: RunRouter
  },
  troubles: readonly (string | null)[] = [],
): Health {
  const present = troubles.filter((trouble) => trouble !== null)
  return {
    ready: present.length === 0 && sources.every(({ connected }) => connected !== false),
    troubles: present,
    sources: sources.map(({ description, connected, counts }) => ({
      source: description,
      connected,
      ...counts,
    })),
    open_runs: router.openRuns.length,
    paused: router.queue.paused,
    pid: process.pid,
  }
}
