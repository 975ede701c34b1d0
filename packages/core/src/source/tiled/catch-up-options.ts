import type { Validation } from '../../decode/frame-reader.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import type { TiledOptions } from './options.js'

/** How far a {@link TiledCatchUp} has come: stop times in seconds since the epoch. */
export interface CatchUpMark {
  /** Runs that stopped before it are none of its business. */
  readonly from: number
  /** Up to here all runs are known. */
  readonly upTo: number
}

/** What a {@link TiledCatchUp} has to be told of the runs that were dealt with: a ledger, as a rule. */
export interface CatchUpMemory {
  /** Which of these runs need no catching up: they are received, or their documents just come. */
  known(uids: readonly string[]): Promise<ReadonlySet<string>>
  /** How far the catching up has come; null before the first time. */
  mark(): Promise<CatchUpMark | null>
  /** Keeps that, beyond a crash if it is to help there. */
  setMark(mark: CatchUpMark): Promise<void>
  /** This run comes next, from its Run Start on: forget what is half known of it. */
  replace?(uid: string): void
}

/** What one pass over the server's runs found. */
export interface CatchUpPass {
  /** Runs that the server has in the time looked at. */
  readonly found: number
  /** The uids of those that were missed and are delivered now. */
  readonly delivered: readonly string[]
  /** The uids of those whose documents could not be read; they are tried again. */
  readonly failed: readonly string[]
  /** Runs that are not known yet and may still come by themselves. */
  readonly waiting: number
  /** Runs that were delivered as often as is sensible and are not known all the same; left alone from now on. */
  readonly givenUp: readonly string[]
}

/** How a {@link TiledCatchUp} looks for runs that were missed. Times are in milliseconds. */
export interface CatchUpOptions extends TiledOptions {
  /**
   * How often it looks.
   *
   * @defaultValue 60000
   */
  every?: number
  /**
   * How long a run that has stopped may take to come by itself before it counts as missed.
   *
   * @defaultValue 10000
   */
  settle?: number
  /**
   * How far before the mark it looks each time, since runs get to the server late and clocks differ.
   *
   * @defaultValue 3600000
   */
  overlap?: number
  /**
   * From which stop time on, in seconds since the epoch, runs count as missed when there is no mark yet.
   *
   * @defaultValue now: what was measured before the first start is left alone
   */
  since?: number | undefined
  /**
   * How often a run is delivered that does not become known.
   *
   * @defaultValue 3
   */
  tries?: number
  /**
   * How often it is tried to read a run's documents before only its Run Start and Run Stop are delivered: a server may
   * have what it can't give.
   *
   * @defaultValue 10
   */
  readTries?: number
  /**
   * What to do with a document that breaks event-model's schema.
   *
   * @defaultValue `warn`
   */
  validate?: Validation
}

/** {@link CatchUpOptions} with the defaults filled in. */
export type CatchUpOptionsWithDefaults = Required<
  Pick<CatchUpOptions, 'every' | 'settle' | 'overlap' | 'tries' | 'readTries' | 'validate'>
> &
  Pick<CatchUpOptions, 'since'>

/**
 * The defaults of {@link CatchUpOptions}, in one place.
 *
 * @throws BlueskyError `bad-option` for a time that is no time.
 */
export function withCatchUpDefaults(options: CatchUpOptions): CatchUpOptionsWithDefaults {
  const { every = 60_000, settle = 10_000, overlap = 3_600_000 } = options
  for (const [name, value] of Object.entries({ every, settle, overlap })) {
    if (!(value >= 0 && value <= 2 ** 31 - 1)) {
      throw new BlueskyError('bad-option', `${name} must be a time in ms; it is ${value}`)
    }
  }
  const { since, tries = 3, readTries = 10, validate = 'warn' } = options
  return { every, settle, overlap, since, tries, readTries, validate }
}
