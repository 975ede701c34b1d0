import { availableParallelism } from 'node:os'

import type { Logger } from '@prompt-papermill/core'
import { BlueskyError } from '@prompt-papermill/core'

/** Options of {@link KernelPool}. */
export interface KernelPoolOptions {
  /** The Python that has papermill: a path, or a name on the PATH. */
  readonly python?: string
  /** How many kernels to keep started. With 0 every notebook starts its own. */
  readonly warm?: number
  /** Modules to import into them, as `import` names them. */
  readonly preload?: readonly string[]
  /** The kernel to start. A notebook that wants another one has it started when it comes. */
  readonly kernel?: string
  /** Environment variables for the kernels from their start, in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** Seconds that a kernel has to get ready, with its modules imported. */
  readonly startTimeout?: number
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
