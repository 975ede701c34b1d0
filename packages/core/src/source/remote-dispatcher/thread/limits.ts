/** How a backlog is shared out, in frames. */
export interface BacklogShares {
  /** In one batch. */
  readonly frames: number
  /** How many batches the program may have that it is not done with. */
  readonly batches: number
  /** Held by the thread. */
  readonly held: number
}

const mostFrames = 500
const mostBatches = 8

/**
 * Shares out a backlog: a small part is on its way between the threads, and the thread that receives holds
 * the rest. Together they are no more than the backlog, unless that is less than three.
 */
export function shareBacklog(backlog: number): BacklogShares {
  const frames = Math.max(1, Math.min(mostFrames, Math.floor(backlog / (4 * mostBatches))))
  const batches = Math.max(1, Math.min(mostBatches, Math.floor(backlog / 4)))
  // one more batch is being collected
  return { frames, batches, held: Math.max(0, backlog - (batches + 1) * frames) }
}
