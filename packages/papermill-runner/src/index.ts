/**
 * papermill as an action of `@prompt-papermill/core`, and on its own.
 *
 * @packageDocumentation
 */
export { papermill } from './action/papermill.js'
export type {
  PapermillOptions,
  PapermillOptionsWithDefaults,
  UsualTimes,
} from './action/options.js'
export { executeNotebook } from './execute/execute-notebook.js'
export type { ExecuteOptions, Limits, LimitsWithDefaults, RunOptions } from './execute/options.js'
export type { NotebookDetails, NotebookResult } from './execute/result.js'
export type { NotebookProcess } from './process/notebook-process.js'
export type { ProcessEnd } from './process/running-program.js'
export { KernelPool } from './pool/kernel-pool.js'
export type { KernelPoolOptions } from './pool/options.js'
export { ColdKernels } from './process/kernel-source.js'
export type { Environment, EnvironmentChanges } from './process/environment.js'
export type { KernelSource, ProcessNeeds, WarmNeeds } from './process/kernel-source.js'
export type {
  CellCounts,
  EndOrder,
  KernelDescription,
  LastEvent,
  PythonVersion,
  RunnerEvent,
  Warmth,
} from './process/runner-event.js'
