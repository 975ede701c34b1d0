/**
 * Which way a run came: as it was measured, fetched later from where it is kept, or from a recording.
 *
 * @example
 * ```ts
 * import { type RunOrigin, RunRouter } from '@prompt-papermill/core'
 *
 * const origin: RunOrigin = 'catch-up'
 * new RunRouter().dispatch({ name: 'start', doc: { uid: 'a', time: 0 } }, { origin })
 * ```
 */
export type RunOrigin = 'live' | 'catch-up' | 'replay'
