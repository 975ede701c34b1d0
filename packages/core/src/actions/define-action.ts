import type { Action } from './action.js'

/**
 * Gives a custom action its types: returns what it is given. A module that the worker's config names under
 * `actions` exports one as its default.
 *
 * @example
 * ```ts
 * import { defineAction } from '@prompt-papermill/core'
 *
 * export default defineAction({
 *   name: 'announce',
 *   async run(run, { logger }) {
 *     logger.info({ uid: run.start.uid }, `scan ${run.start.scan_id} has finished`)
 *     return { state: 'succeeded' }
 *   },
 * })
 * ```
 */
export function defineAction(action: Action): Action {
  return action
}
