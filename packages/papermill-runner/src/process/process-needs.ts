import type { Environment } from './environment.js'

/** What a notebook asks of the process that is to run it. */
export interface ProcessNeeds {
  /** The Python to start: a path, or a name on the PATH. */
  readonly python: string
  /** Variables in addition to those of this process; `undefined` takes one of those away. */
  readonly env: Environment
  /** What starts the Python, with its arguments, as `['srun', '-n1']`. A source never starts one ahead. */
  readonly launcher?: readonly string[]
}

/** A kernel to start before the job is known. */
export interface WarmNeeds {
  /** The kernel's name. */
  readonly kernel: string
  /** Modules to import into it. */
  readonly preload: readonly string[]
}
