import type { RunFactory } from '../router/factory-routes.js'
import { RunRouter as RouterAnywhere } from '../router/run-router.js'
import type { RunRouterOptions } from '../router/run-router-options.js'
import { documentsSpool } from './documents-spool.js'
import { type ResultsOptions, runOnDisk } from './run-on-disk.js'

/** How a {@link RunRouter} with results on disk works. */
export interface RunRouterOnDiskOptions extends RunRouterOptions {
  /** Where attempts leave their results. */
  results?: ResultsOptions
  /**
   * Where the documents of runs are kept for the entries that want them.
   *
   * @defaultValue `'documents'`, below the working directory; made when it is first needed
   */
  documents?: string
}

/**
 * Follows runs, and acts when they have stopped: by event_model's factories, by rules, or both. Mirrors
 * `event_model.RunRouter` and adds rules with actions.
 *
 * This is the router as Node has it: each attempt of an action gets a folder of its own on disk, with a
 * manifest, and entries can ask for the run's documents as a file. The one in
 * `@prompt-papermill/core/documents` does without a disk, in a browser too.
 *
 * @example
 * ```ts
 * import { defineAction, RunRouter } from '@prompt-papermill/core'
 * import { makeRunDocuments } from '@prompt-papermill/core/testing'
 *
 * const note = defineAction({ name: 'note', run: async () => ({ state: 'succeeded' }) })
 * const router = new RunRouter([], { results: { root: '/tmp/results' } })
 * router.on({ name: 'notes', when: { plan_name: 'count' } }, note)
 * router.events.on('job', ({ state, resultsDir }) => {
 *   if (state.state === 'succeeded') console.log(resultsDir) // …/notes/note/attempt-1
 * })
 * const { messages } = makeRunDocuments({ plan_name: 'count' })
 * for (const message of messages) router.dispatch(message)
 * await router.settled()
 * ```
 */
export class RunRouter extends RouterAnywhere {
  /**
   * @param factories - called with each Run Start, as event_model's are; none, where rules are all
   * @throws BlueskyError `bad-option` for a results pattern or a limit that can't be used.
   */
  constructor(factories: readonly RunFactory[] = [], options: RunRouterOnDiskOptions = {}) {
    super(factories, {
      runAction: runOnDisk(options.results),
      spool: documentsSpool(options.documents ?? 'documents'),
      ...options,
    })
  }
}
