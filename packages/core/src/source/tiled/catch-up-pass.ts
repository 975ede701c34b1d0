import type { CatchUpPass } from './catch-up-options.js'
import type { TiledRun } from './tiled-client.js'

/** What became of one run that is not known. */
export type RunOutcome = 'waiting' | 'delivered' | 'failed' | 'given-up' | 'left'

/** Counts what one pass over the server's runs finds, and how far the mark may move. */
export class PassCount implements CatchUpPass {
  found = 0
  waiting = 0
  readonly delivered: string[] = []
  readonly failed: string[] = []
  readonly givenUp: string[] = []
  /** The latest stop time seen. */
  #latest: number
  /** The earliest stop time of a run that is not known. */
  #first = Infinity

  /**
   * @param upTo - where the mark is.
   */
  constructor(upTo: number) {
    this.#latest = upTo
  }

  /** A run was seen; false for one whose stop has no time, which can't be placed. */
  see({ stop }: TiledRun): boolean {
    const time = stopTime(stop)
    if (time === null) return false
    this.found += 1
    this.#latest = Math.max(this.#latest, time)
    return true
  }

  /** What became of one that is not known. */
  note({ uid, stop }: TiledRun, outcome: RunOutcome): void {
    if (outcome === 'waiting') this.waiting += 1
    else if (outcome === 'delivered') this.delivered.push(uid)
    else if (outcome === 'failed') this.failed.push(uid)
    else if (outcome === 'given-up') this.givenUp.push(uid)
    // the mark stays before what is not known yet
    if (outcome !== 'given-up' && outcome !== 'left') {
      this.#first = Math.min(this.#first, stopTime(stop) ?? Infinity)
    }
  }

  /**
   * Where the mark may be: not past a run that is not known, nor past now, since a clock at a beamline that is ahead
   * by years would hide all runs until then.
   *
   * @param now - seconds since the epoch.
   */
  upTo(now: number): number {
    return Math.min(this.#latest, this.#first, now)
  }
}

function stopTime(stop: TiledRun['stop']): number | null {
  const time = Number(stop?.time)
  return Number.isFinite(time) ? time : null
}
