import { availableParallelism } from 'node:os'

import type { Logger } from '@prompt-papermill/core'
import { BlueskyError } from '@prompt-papermill/core'

import type { Environment } from '../process/environment.js'

/** Options of {@link KernelPool}. */
export interface KernelPoolOptions {
  /** The Python that has papermill: a path, or a name on the PATH. */
  readonly python?: string
  /** How many kernels to keep started. With 0 every notebook starts its own. */
  readonly warm?: number
  /** Modules to import into them, as `import` names them. */
  readonly preload?: readonly string[]
  /**
   * Whether kernels are forked from a process that has imported the modules once: one is there in a tenth of
   * the time, and takes half the memory. For modules that survive it, as most do; see the page on fast
   * notebooks. Where kernels can't be forked, they are started as ever, with a word in the log. Linux only.
   */
  readonly fork?: boolean
  /** The kernel to start. A notebook that wants another one has it started when it comes. */
  readonly kernel?: string
  /**
   * Environment variables for the kernels from their start, in addition to those of this process;
   * `undefined` keeps one of this process from them.
   */
  readonly env?: Environment
  /** Seconds that a kernel has to get ready, with its modules imported. */
  readonly startTimeout?: number
  /** Told when a kernel can't start, dies while it waits, or lacks a module that was to be preloaded. */
  readonly logger?: Logger | undefined
  /** Notebooks that this machine runs at once without slowing them. */
  readonly cores?: number
}

export type KernelPoolOptionsWithDefaults = Required<KernelPoolOptions>

/** Fills in what is not given. Throws {@link BlueskyError} `bad-option`. */
export function poolDefaults(options: KernelPoolOptions): KernelPoolOptionsWithDefaults {
  const filled = {
    python: options.python ?? 'python3',
    warm: options.warm ?? 1,
    preload: options.preload ?? [],
    fork: options.fork ?? false,
    kernel: options.kernel ?? 'python3',
    env: options.env ?? {},
    startTimeout: options.startTimeout ?? 120,
    logger: options.logger,
    cores: options.cores ?? availableParallelism(),
  }
  check(Number.isInteger(filled.warm) && filled.warm >= 0, 'warm', 'a whole number from 0')
  check(Number.isInteger(filled.cores) && filled.cores >= 1, 'cores', 'a whole number from 1')
  const { startTimeout } = filled
  check(startTimeout > 0 && startTimeout < Infinity, 'startTimeout', 'seconds above 0')
  check(filled.python !== '', 'python', 'a path or a name')
  check(filled.kernel !== '', 'kernel', 'a name')
  const bad = filled.preload.find((module) => !/^\w+(\.\w+)*$/u.test(module))
  check(bad === undefined, 'preload', `names of modules; ${JSON.stringify(bad)} is none`)
  return filled
}

function check(holds: boolean, name: keyof KernelPoolOptions, what: string): void {
  if (!holds) throw new BlueskyError('bad-option', `${name} of a KernelPool must be ${what}`)
}
