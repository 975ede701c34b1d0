import { NotebookProcess } from './notebook-process.js'
import type { ProcessNeeds } from './process-needs.js'

export type { ProcessNeeds, WarmNeeds } from './process-needs.js'

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
