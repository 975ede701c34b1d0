/** What is to change in the environment of a process that runs already. */
export interface EnvironmentChanges {
  /** Variables to set, with their values. */
  readonly set: Readonly<Record<string, string>>
  /** Variables to take away. */
  readonly unset: readonly string[]
}

/** Environment variables by name. `undefined` is for one that is not to be there. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The environment of a process that is started now: this process's, and these variables. */
export function environmentNow(env: Environment): Environment {
  return { ...process.env, ...env }
}

/** What has to change to get from one environment to another. */
export function environmentChanges(from: Environment, to: Environment): EnvironmentChanges {
  const set: Record<string, string> = {}
  for (const [name, value] of Object.entries(to)) {
    if (value !== undefined && from[name] !== value) set[name] = value
  }
  const unset = Object.keys(from).filter(
    (name) => from[name] !== undefined && to[name] === undefined,
  )
  return { set, unset }
}

/** Changes that make these variables what they are to be, whatever is there. */
export function changesTo(env: Environment): EnvironmentChanges {
  const set: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) if (value !== undefined) set[name] = value
  return { set, unset: Object.keys(env).filter((name) => env[name] === undefined) }
}

/** Variables that Python, Jupyter or a numerical library reads when it starts, and never again. */
const READ_AT_START = [
  /^(PYTHON|LD_|DYLD_|JUPYTER|IPYTHON|MPL|LC_|OMP_|KMP_|MKL_|OPENBLAS_|BLIS_|NUMBA_|NUMEXPR_)/,
  /^(CUDA_|HDF5_|GOTO_|VECLIB_|MALLOC_)/,
  /^(LANG|LANGUAGE|TZ|HOME|TMPDIR|TEMP|TMP|VIRTUAL_ENV|CONDA_PREFIX)$/,
]

/** Whether these changes come too late for a Python that runs already. */
export function comeTooLate({ set, unset }: EnvironmentChanges): boolean {
  const names = [...Object.keys(set), ...unset]
  return names.some((name) => READ_AT_START.some((pattern) => pattern.test(name)))
}
