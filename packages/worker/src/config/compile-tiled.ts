import type { ConfigWithDefaults } from './schema.js'

type TiledGiven = NonNullable<ConfigWithDefaults['tiled']>

/** Where a Tiled server is, and how the worker catches up with it; times in milliseconds. */
export interface TiledConfig {
  /** The server's address. */
  readonly url: string
  /** Where its catalog of runs is. */
  readonly path: string
  /** Sent with each request; undefined: none. */
  readonly apiKey: string | undefined
  /** How often it is looked for runs that were missed; null: never. */
  readonly every: number | null
  /** From which stop time on, in seconds since the epoch, runs count as missed at first; undefined: now. */
  readonly since: number | undefined
  /** How long a run may take to come by itself. */
  readonly settle: number
  /** How far it is looked back each time. */
  readonly overlap: number
  /** Time for one request. */
  readonly timeout: number
}

/** The data server; null without. */
export function compileTiled(given: TiledGiven | undefined): TiledConfig | null {
  if (!given) return null
  return {
    url: given.url,
    path: given.path,
    apiKey: given.key,
    every: given.every === false ? null : given.every,
    since: given.since === undefined ? undefined : Date.parse(given.since) / 1000,
    settle: given.settle,
    overlap: given.overlap,
    timeout: given.timeout,
  }
}
