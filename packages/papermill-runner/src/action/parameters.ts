import type { ActionContext, Run } from '@prompt-papermill/core'

/** The names of what every notebook is given, besides its entry's own parameters. */
export const RESERVED: readonly string[] = ['uid', 'results_dir', 'documents']

/** Names of an entry's parameters that are not its to give. */
export function reservedNames(parameters: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(parameters).filter((name) => RESERVED.includes(name))
}

/** What the notebook is given: the entry's parameters, the run's uid, and where things are. */
export function notebookParameters(run: Run, context: ActionContext): Record<string, unknown> {
  return {
    ...context.parameters,
    uid: run.uid,
    results_dir: context.resultsDir,
    ...(context.documents !== undefined && { documents: context.documents }),
  }
}
