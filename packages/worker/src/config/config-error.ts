/** One thing that is wrong with a config. */
export interface ConfigProblem {
  /** Such as `rules[0].when`; empty for the whole. */
  readonly path: string
  /** What is wrong, and what would be right. */
  readonly message: string
  /** Place in the file, from 1, where it is known. */
  readonly line?: number | undefined
}

/**
 * A config that can't be used. `message` has one line for each problem, with file and line.
 *
 * @example
 * ```ts
 * import { ConfigError, loadConfig } from '@prompt-papermill/worker'
 *
 * try {
 *   await loadConfig('/nowhere/worker.yml')
 * } catch (error) {
 *   if (error instanceof ConfigError) console.log(error.message)
 * }
 * ```
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(
    /** The file that it is about. */
    readonly file: string,
    /** All that is wrong with it. */
    readonly problems: readonly ConfigProblem[],
    options?: { cause?: unknown },
  ) {
    const lines = problems.map(({ path, message, line }) => {
      const place = line === undefined ? file : `${file}:${line}`
      return `${place}: ${path === '' ? '' : `${path}: `}${message}`
    })
    super(lines.join('\n'), options)
  }
}
