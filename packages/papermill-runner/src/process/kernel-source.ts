import type { Environment } from './environment.js'
import { NotebookProcess } from './notebook-process.js'

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

/**
 * Where the processes come from that run notebooks. Each runs one notebook and exits.
 *
 * A source may start them ahead; whoever takes one owns it, and disposes of it.
 */
export interface KernelSource {
  /** Gives a process for one notebook. Whoever takes it owns it. */
  take(needs: ProcessNeeds): Promise<NotebookProcess>
  /** Ends what was started and not taken. */
  close(): Promise<void>
}

/**
 * Starts a process when one is asked for, and none ahead: what a {@link KernelPool} with `warm: 0` does, and the
 * default.
 *
 * @example
 * ```ts
 * import { ColdKernels, executeNotebook } from '@prompt-papermill/papermill-runner'
 *
 * const kernels = new ColdKernels()
 * const { state } = await executeNotebook('template.ipynb', 'executed.ipynb', {}, { kernels })
 * console.log(state) // succeeded
 * ```
 */
export class ColdKernels implements KernelSource {
  take(needs: ProcessNeeds): Promise<NotebookProcess> {
    return NotebookProcess.start(needs)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
