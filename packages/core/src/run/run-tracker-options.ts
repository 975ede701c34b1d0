import { BlueskyError } from '../errors/bluesky-error.js'

/** How a `RunTracker` bounds its memory. */
export interface RunTrackerOptions {
  /**
   * Runs that may be open at once; beyond it the one that was silent for the longest time is given up.
   *
   * @defaultValue 1000
   */
  maxOpenRuns?: number
  /**
   * Milliseconds after which an open run of which nothing comes is given up; `Infinity` for never. While a
   * plan is paused or suspended nothing of its run comes, be it over a weekend.
   *
   * @defaultValue 604800000 (7 days)
   */
  maxIdle?: number
}

/** {@link RunTrackerOptions} with the defaults filled in. */
export type RunTrackerOptionsWithDefaults = Required<RunTrackerOptions>

const day = 24 * 60 * 60 * 1000

/**
 * The defaults of {@link RunTrackerOptions}, in one place.
 *
 * @throws BlueskyError `bad-option` for bounds with which no run could be followed.
 */
export function withRunTrackerDefaults({
  maxOpenRuns = 1000,
  maxIdle = 7 * day,
}: RunTrackerOptions = {}): RunTrackerOptionsWithDefaults {
  if (!Number.isSafeInteger(maxOpenRuns) || maxOpenRuns < 1) {
    throw new BlueskyError(
      'bad-option',
      `maxOpenRuns must be a whole number, at least 1; it is ${maxOpenRuns}`,
    )
  }
  if (!(maxIdle > 0)) {
    throw new BlueskyError(
      'bad-option',
      `maxIdle must be a number of milliseconds above 0, or Infinity; it is ${maxIdle}`,
    )
  }
  return { maxOpenRuns, maxIdle }
}
