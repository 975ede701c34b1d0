import type { DocumentSource, RunRouter } from '@prompt-papermill/core'
import type { TiledCatchUp } from '@prompt-papermill/core/tiled'

/** How soon after a loss it is looked at the soonest, in milliseconds: losses come in crowds. */
const soonest = 1000

/**
 * Has a catch-up look when something shows that documents are being lost: a gap, a run that was joined in its
 * middle, a backlog that ran over, a connection that is there again.
 *
 * @param pause - how long such signs are collected before it looks, in milliseconds.
 */
export function lookAfterLoss(
  catchUp: TiledCatchUp,
  live: readonly DocumentSource[],
  router: RunRouter,
  pause: number,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const lookSoon = (): void => {
    timer ??= setTimeout(
      () => {
        timer = undefined
        // why it can't look, it says itself; stopped, there is nothing to look for
        catchUp.check().catch(() => undefined)
      },
      Math.max(pause, soonest),
    )
    timer.unref()
  }
  for (const source of live) {
    source.on('lost', lookSoon)
    // the first time it is the start, which looks by itself
    source.once('connected', () => source.on('connected', lookSoon))
  }
  for (const event of ['gap', 'joined', 'stop-without-start'] as const) {
    router.events.on(event, lookSoon)
  }
}
