/**
 * papermill as an action of `@prompt-papermill/core`, and on its own.
 *
 * @packageDocumentation
 */
export { papermill } from './action/papermill.js'
export type { PapermillOptions, PapermillOptionsWithDefaults } from './action/options.js'
export { executeNotebook } from './execute/execute-notebook.js'
export type { ExecuteOptions, Limits, LimitsWithDefaults, RunOptions } from './execute/options.js'
export type { NotebookDetails, NotebookResult } from './execute/result.js'
export type { NotebookProcess, ProcessEnd } from './process/notebook-process.js'
export { ColdKernels } from './process/kernel-source.js'
export type { KernelSource, ProcessNeeds } from './process/kernel-source.js'
export type {
  CellCounts,
  EndOrder,
  KernelDescription,
  LastEvent,
  PythonVersion,
  RunnerEvent,
} from './process/runner-event.js'
