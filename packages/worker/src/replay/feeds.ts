import { replay, type RunRouter } from '@prompt-papermill/core'

import type { ReplayEvent } from './replay-event.js'

/** Runs that were measured before, and can be put into a router. */
export interface Feed {
  /** What people call it. */
  readonly name: string
  /** Puts them in, to the end. What can't be used is told. */
  into(router: RunRouter, tell: (event: ReplayEvent) => void): Promise<void>
}

/**
 * The runs of a recording.
 *
 * `into` throws BlueskyError `bad-file` if it can't be read to its end; what came before counts.
 */
export function fileFeed(file: string): Feed {
  return {
    name: file,
    async into(router, tell) {
      const source = replay(file)
      source.on('dropped', ({ reason, message }) => {
        tell({ event: 'dropped', file, message: `${reason}: ${message}` })
      })
      source.subscribe(router)
      await source.start()
      await source.finished()
    },
  }
}
