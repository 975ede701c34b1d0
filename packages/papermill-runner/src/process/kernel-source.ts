import { NotebookProcess } from './notebook-process.js'

/** What a notebook asks of the process that is to run it. */
export interface ProcessNeeds {
  /** The Python to start: a path, or a name on the PATH. */
  readonly python: string
  /** Variables in addition to those of this process. */
  readonly env: Readonly<Record<string, string>>
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
  take(needs: ProcessNeeds): Promise<NotebookProcess>
  /** Ends what was started and not taken. */
  close(): Promise<void>
}

/** Starts a process when one is asked for: `warm: 0`. */
export class ColdKernels implements KernelSource {
  take(needs: ProcessNeeds): Promise<NotebookProcess> {
    return NotebookProcess.start(needs)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
