import type { DocumentMessage, RunRouter } from '@prompt-papermill/core'
import { runDocuments, TiledClient, type TiledRun } from '@prompt-papermill/core/tiled'

import type { TiledConfig } from '../config/compile-tiled.js'
import type { Feed } from './feeds.js'
import type { ReplayEvent } from './replay-event.js'

/** Which runs of a data server are meant: by when they stopped, in seconds since the epoch. */
export interface TiledPeriod {
  readonly since: number
  /** Null: up to now. */
  readonly until: number | null
}

/**
 * The runs that a data server has of a period, oldest first.
 *
 * One that can't be read is told and left out; `into` throws BlueskyError `connection` if the server can't be asked.
 */
export function tiledFeed(tiled: TiledConfig, { since, until }: TiledPeriod): Feed {
  const client = new TiledClient(tiled)
  const name = client.address
  return {
    name,
    async into(router, tell) {
      const runs: TiledRun[] = []
      for await (const run of client.completedSince(since)) {
        // the server gives them by their stop
        if (until !== null && Number(run.stop?.time) >= until) break
        runs.push(run)
      }
      tell({ event: 'found', from: name, runs: runs.length })
      for (const run of runs) await feedRun(client, run, router, tell)
    },
  }
}

async function feedRun(
  client: TiledClient,
  run: TiledRun,
  router: RunRouter,
  tell: (event: ReplayEvent) => void,
): Promise<void> {
  const messages: DocumentMessage[] = []
  try {
    for await (const message of runDocuments(client, run)) messages.push(message)
  } catch (error) {
    tell({
      event: 'unread',
      from: `run ${run.uid} of ${client.address}`,
      message: (error as Error).message,
    })
    return
  }
  for (const message of messages) router.dispatch(message, { origin: 'replay' })
  // a beamtime is not held in memory: each is decided before the next is read
  await router.decided()
}
