import type { RunFactory } from '../router/factory-routes.js'
import { RunRouter as RouterAnywhere, type RunRouterOptions } from '../router/run-router.js'
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
 * core's RunRouter as Node has it: each attempt of an action gets a folder of its own on disk, with a
 * manifest, and entries can ask for the run's documents as a file.
 *
 * @example
 * ```ts
 * import { defineAction, RunRouter } from '@prompt-papermill/core'
 *
 * const router = new RunRouter([], { results: { root: '/tmp/results' } })
 * router.on(
 *   { when: { plan_name: 'count' } },
 *   defineAction({ name: 'note', run: async () => ({ state: 'succeeded' }) }),
 * )
 * ```
 */
export class RunRouter extends RouterAnywhere {
  constructor(factories: readonly RunFactory[] = [], options: RunRouterOnDiskOptions = {}) {
    super(factories, {
      runAction: runOnDisk(options.results),
      spool: documentsSpool(options.documents ?? 'documents'),
      ...options,
    })
  }
}
