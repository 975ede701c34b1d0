import type { Readiness } from '@prompt-papermill/core'
import type { TiledClient, TiledRun } from '@prompt-papermill/core/tiled'

/** How many runs are remembered for how long they were waited for. */
const remembered = 10_000

/** What a {@link tiledReadiness} asks, and for how long. */
export interface TiledReadinessOptions {
  readonly client: Pick<TiledClient, 'run' | 'address'>
  /**
   * After how many milliseconds it is ready all the same, for an entry that has the run's own documents; null: never.
   */
  readonly fallback: number | null
}

/** A readiness that is ready at its limit, too. */
export interface TiledReadiness extends Readiness {
  /** Whether that was so for a run, in this life of the program. */
  readonly fellBack: (uid: string) => boolean
}

/**
 * Waits until a run's Run Stop can be read from the data server: then all that was written before it can be, too.
 * Some runs never get there, and some servers are away for a night: for these there is the fallback.
 */
export function tiledReadiness({ client, fallback }: TiledReadinessOptions): TiledReadiness {
  const since = new Map<string, number>()
  return {
    fellBack: (uid) => fallback !== null && since.has(uid) && waited(since, uid) >= fallback,
    name: `the run in ${client.address}`,
    async check({ uid }, signal) {
      const isOver = fallback !== null && waited(since, uid) >= fallback
      let run: TiledRun | null
      try {
        run = await client.run(uid, signal)
      } catch (error) {
        if (isOver) return { ready: true }
        throw error
      }
      if (run?.stop) since.delete(uid)
      if (run?.stop || isOver) return { ready: true }
      const message = run ? 'its Run Stop is not there yet' : 'it is not there yet'
      return { ready: false, message }
    },
  }
}

/** For how long a run has been waited for in this life of the program, in milliseconds. */
function waited(since: Map<string, number>, uid: string): number {
  const now = performance.now()
  const known = since.get(uid)
  if (known !== undefined) return now - known
  // the oldest makes room: it was given up long ago
  if (since.size >= remembered) since.delete(since.keys().next().value as string)
  since.set(uid, now)
  return 0
}
