import type { DocumentSource, RunRouter } from '@prompt-papermill/core'

/** How the worker is, as `/healthz` tells. */
export interface Health {
  /** Whether every source that has a connection is connected. */
  readonly ready: boolean
  /** Each source: where it is, whether it is connected (null: it has no connection), and what it counted. */
  readonly sources: readonly {
    readonly source: string
    readonly connected: boolean | null
    readonly documents: number
    readonly dropped: number
    readonly invalid: number
    readonly ignored: number
  }[]
  readonly open_runs: number
  readonly pid: number
}

/** Asks a worker how it is. */
export function healthOf({
  sources,
  router,
}: {
  readonly sources: readonly DocumentSource[]
  readonly router: RunRouter
}): Health {
  return {
    ready: sources.every(({ connected }) => connected !== false),
    sources: sources.map(({ description, connected, counts }) => ({
      source: description,
      connected,
      ...counts,
    })),
    open_runs: router.openRuns.length,
    pid: process.pid,
  }
}
