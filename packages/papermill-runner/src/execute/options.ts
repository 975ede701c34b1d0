import type { Logger, Progress } from '@prompt-papermill/core'
import { BlueskyError } from '@prompt-papermill/core'

import type { Environment } from '../process/environment.js'
import type { KernelSource } from '../process/kernel-source.js'
import { ColdKernels } from '../process/kernel-source.js'
import { checkSecrets } from './redactor.js'

/** What a notebook may take. `Infinity` for no limit. */
export interface Limits {
  /** Seconds for the whole notebook, with the start of its kernel. */
  readonly notebook?: number
  /** Seconds for each cell. */
  readonly cell?: number
  /** Bytes of memory for the kernel with its children. */
  readonly memory?: number
  /** Bytes of output that are kept in the notebook. The cells go on when it is reached. */
  readonly output?: number
  /** Bytes that are kept in the log. */
  readonly log?: number
  /**
   * Seconds that a launcher has until Python runs: a place in a batch system's queue. The other limits
   * begin after that.
   */
  readonly launch?: number
}

/** How a notebook is run: what {@link executeNotebook} and {@link papermill} have in common. */
export interface RunOptions {
  /** The Python that has papermill: a path, or a name on the PATH. */
  readonly python?: string
  /** The kernel to use instead of the one that the notebook names. */
  readonly kernel?: string | undefined
  /** What the notebook may take; each limit by itself has a default. */
  readonly limits?: Limits
  /**
   * Environment variables for papermill and the kernel, in addition to those of this process; `undefined`
   * keeps one of this process from them.
   */
  readonly env?: Environment
  /**
   * Environment variables for the kernel alone. Their values are in nothing that is saved or told: where
   * the notebook puts one out, of at least six characters, `***` stands for it.
   */
  readonly secrets?: Readonly<Record<string, string>>
  /**
   * A command that starts the Python, with its arguments: `['srun', '-n1', '--mem=8G']`,
   * `['apptainer', 'exec', 'image.sif']`. No shell is in between. The notebook gets no warm kernel.
   */
  readonly launcher?: readonly string[]
  /** Whether the executed notebook is exported as HTML too, beside it: `executed.html` of `executed.ipynb`. */
  readonly html?: boolean
  /** Seconds that a cell has to stop after it was interrupted, before its kernel is killed. */
  readonly grace?: number
  /** Seconds that Python has to import papermill. */
  readonly startTimeout?: number
  /** Where the processes come from; by default a new one for each notebook. */
  readonly kernels?: KernelSource
}

/** For one notebook run by {@link executeNotebook}. */
export interface ExecuteOptions extends RunOptions {
  /** The working directory; by default the folder of the output. */
  readonly cwd?: string
  /** The file for what papermill and the kernel say; by default none. */
  readonly log?: string
  /** Ends the notebook when it is aborted. A `kind` on its reason says why; see the README. */
  readonly signal?: AbortSignal
  /** Told what somebody may want to know who runs many notebooks: what could not be cleaned up, for one. */
  readonly logger?: Logger
  /** Called as the code cells start and finish, counted from 1. */
  readonly onProgress?: (progress: Progress) => void
  /**
   * Seconds that each of the notebook's code cells usually takes, as `details.cell_seconds` of an earlier
   * result has them: progress then tells what to expect. Not used if their number is another one.
   */
  readonly usual?: readonly number[]
  /** Parameters that a notebook may leave undeclared without a word in the log. */
  readonly implicit?: readonly string[]
}

/** {@link Limits} with the defaults filled in: 30 min, 10 min, 4 GiB, 50 MiB, 10 MiB and an hour. */
export type LimitsWithDefaults = Required<Limits>

export interface RunOptionsWithDefaults extends Omit<Required<RunOptions>, 'kernel' | 'limits'> {
  readonly kernel: string | undefined
  readonly limits: LimitsWithDefaults
}

const KiB = 1024
const MiB = 1024 * KiB

const DEFAULT_LIMITS: LimitsWithDefaults = {
  notebook: 30 * 60,
  cell: 10 * 60,
  memory: 4 * KiB * MiB,
  output: 50 * MiB,
  log: 10 * MiB,
  launch: 60 * 60,
}

/** Fills in what is not given. Throws {@link BlueskyError} `bad-option`. */
export function withDefaults(options: RunOptions): RunOptionsWithDefaults {
  const filled = {
    python: options.python ?? 'python3',
    kernel: options.kernel,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    env: options.env ?? {},
    secrets: options.secrets ?? {},
    launcher: options.launcher ?? [],
    html: options.html ?? false,
    grace: options.grace ?? 5,
    startTimeout: options.startTimeout ?? 60,
    kernels: options.kernels ?? new ColdKernels(),
  }
  for (const [name, limit] of Object.entries(filled.limits)) {
    if (!(limit > 0)) throw badNumber(`limits.${name}`, 'above 0, or Infinity for none', limit)
  }
  for (const name of ['grace', 'startTimeout'] as const) {
    const seconds = filled[name]
    if (!(seconds > 0 && seconds < Infinity)) throw badNumber(name, 'of seconds above 0', seconds)
  }
  if (filled.python === '') throw new BlueskyError('bad-option', 'python must not be empty')
  if (filled.launcher.includes('')) {
    throw new BlueskyError('bad-option', 'launcher must have no empty argument')
  }
  checkSecrets(filled.secrets)
  return filled
}

function badNumber(name: string, what: string, value: unknown): BlueskyError {
  return new BlueskyError('bad-option', `${name} must be a number ${what}; it is ${String(value)}`)
}
