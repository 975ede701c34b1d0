import type { Run } from '../run/run.js'

/**
 * Whether what an action needs is there. `message` says what is missing, for people. `never`: that can't change
 * any more, so that waiting for it ends at once.
 */
export type ReadinessState =
  | { readonly ready: true }
  | { readonly ready: false; readonly message: string; readonly never?: true }

/**
 * Something that a job waits for before it runs: a file, a probe, a data server. The contract of every kind.
 *
 * @example
 * ```ts
 * import { stat } from 'node:fs/promises'
 *
 * import type { Readiness } from '@prompt-papermill/core'
 *
 * export const written: Readiness = {
 *   name: 'the data file',
 *   async check(run) {
 *     const there = await stat(`/tmp/${run.uid}.h5`).catch(() => null)
 *     return there ? { ready: true } : { ready: false, message: 'it is not there yet' }
 *   },
 * }
 * ```
 */
export interface Readiness {
  /** What people call it, in `waiting for …`. */
  readonly name: string
  /**
   * Looks once. It may take a moment, and ends when the signal is aborted. What it throws counts as not ready
   * yet, with the error's message.
   */
  check(run: Run, signal: AbortSignal): Promise<ReadinessState>
}

/** How often it is looked, and for how long at most; all in milliseconds. */
export interface WaitSchedule {
  /** The first pause between two looks. */
  readonly every: number
  /** By how much each further pause is longer; 1: all the same. */
  readonly factor: number
  /** The longest pause. */
  readonly longest: number
  /** Then the job is `skipped (data-not-ready)`. */
  readonly limit: number
}

/** What an entry waits for. What is left out of the schedule is as in {@link waitDefaults}. */
export interface Wait extends Partial<WaitSchedule> {
  /** What has to be ready. */
  readonly for: Readiness
}

/**
 * How often and how long is waited where nothing else is said: from each second to each half minute, for 5 minutes.
 *
 * @example
 * ```ts
 * import { waitDefaults } from '@prompt-papermill/core'
 *
 * console.log(waitDefaults) // { every: 1000, factor: 2, longest: 30000, limit: 300000 }
 * ```
 */
export const waitDefaults: WaitSchedule = {
  every: 1_000,
  factor: 2,
  longest: 30_000,
  limit: 300_000,
}

/**
 * Makes one of several: ready when all are, looked at in their order until one is not.
 *
 * @example
 * ```ts
 * import { allReady, Run } from '@prompt-papermill/core'
 *
 * const both = allReady([
 *   { name: 'the file', check: async () => ({ ready: true }) },
 *   { name: 'the data server', check: async () => ({ ready: false, message: 'it is away' }) },
 * ])
 * const state = await both.check(new Run('a'), new AbortController().signal)
 * console.log(both.name, state)
 * // the file and the data server { ready: false, message: 'the data server: it is away' }
 * ```
 */
export function allReady(parts: readonly Readiness[]): Readiness {
  return {
    name: parts.map(({ name }) => name).join(' and '),
    async check(run, signal) {
      for (const part of parts) {
        const found = await part.check(run, signal)
        if (!found.ready) return { ...found, message: `${part.name}: ${found.message}` }
      }
      return { ready: true }
    },
  }
}
