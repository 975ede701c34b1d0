import { join } from 'node:path'

import type { Action, ActionContext, ActionResult, Run } from '@prompt-papermill/core'

import { executeNotebook } from '../execute/execute-notebook.js'
import { notStarted } from '../execute/result.js'
import type { CompiledPapermill, PapermillOptions, UsualTimes } from './options.js'
import { compilePapermill, papermillDefaults } from './options.js'
import { notebookParameters, RESERVED, reservedNames } from './parameters.js'

/**
 * An action that runs a notebook with papermill, in a Python process of its own.
 *
 * The notebook is given the entry's parameters, `uid`, `results_dir` (also its working directory) and,
 * where the entry asks for it, `documents`. It leaves `{entry}.ipynb` and `log.txt` in the results
 * folder. The template is read anew for every run, so that an edit counts at once.
 *
 * @throws BlueskyError `bad-option`
 *
 * @example
 * ```ts
 * import { RunRouter } from '@prompt-papermill/core'
 * import { papermill } from '@prompt-papermill/papermill-runner'
 *
 * const router = new RunRouter()
 * const when = { plan_name: 'reflection_scan' }
 * router.on({ when }, papermill({ template: 'reflection_scan.ipynb', limits: { cell: 60 } }))
 * ```
 */
export function papermill(options: PapermillOptions): Action {
  const compiled = compilePapermill(papermillDefaults(options))
  return { name: compiled.name, run: (run, context) => runNotebook(compiled, run, context) }
}

async function runNotebook(
  { path, usual, run: options }: CompiledPapermill,
  run: Run,
  context: ActionContext,
): Promise<ActionResult> {
  const reserved = reservedNames(context.parameters)
  if (reserved.length > 0) {
    return notStarted(
      `the entry ${context.job.entry} gives parameters that every notebook is given: ` +
        `${reserved.join(', ')}. Name them otherwise`,
    )
  }
  const output = join(context.resultsDir, `${context.job.entry}.ipynb`)
  return executeNotebook(path, output, notebookParameters(run, context), {
    ...options,
    cwd: context.resultsDir,
    log: join(context.resultsDir, 'log.txt'),
    signal: context.signal,
    logger: context.logger,
    onProgress: context.progress,
    implicit: RESERVED,
    usual: (await usualTimes(usual, run, context)) ?? [],
  })
}

/** What can't be looked up is not worth a notebook. */
async function usualTimes(
  lookUp: UsualTimes,
  run: Run,
  context: ActionContext,
): Promise<readonly number[] | undefined> {
  try {
    return await lookUp(run, context)
  } catch (error) {
    context.logger.warn({ error }, 'the usual times of the cells could not be looked up')
    return undefined
  }
}
