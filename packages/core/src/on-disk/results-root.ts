import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { type FolderAccess, makeFolders } from './attempt-folder.js'

/**
 * The folder that holds all results. It is made once, when it is first needed; if it goes after that, it is not
 * made anew: the disk behind it is away, and what is written in its place would be hidden once it is back.
 *
 * @example
 * ```ts
 * import { ResultsRoot } from '@prompt-papermill/core'
 *
 * const root = new ResultsRoot('/tmp/results')
 * await root.open()
 * console.log(await root.problem()) // null
 * ```
 */
export class ResultsRoot {
  /** Absolute. */
  readonly path: string
  readonly #access: FolderAccess
  #made = false
  #isMount = false

  /** @param access - who may read it, if it has to be made. */
  constructor(path: string, access: FolderAccess = {}) {
    this.path = resolve(path)
    this.#access = access
  }

  /**
   * Makes the folder if that was never done, and else finds it.
   *
   * @throws Error with what to do if it was there before and is not now, and errors of the file system.
   */
  async open(): Promise<void> {
    if (!this.#made) {
      await makeFolders(this.path, this.#access)
      this.#isMount = await isMountPoint(this.path)
      this.#made = true
    }
    const problem = await this.problem()
    if (problem !== null) throw new Error(problem)
  }

  /** What is wrong with the folder, and what to do; null: nothing, or it was not needed yet. */
  async problem(): Promise<string | null> {
    if (!this.#made) return null
    try {
      if (!(await stat(this.path)).isDirectory()) return `${this.path} is no folder any more`
      if (this.#isMount && !(await isMountPoint(this.path))) {
        return `nothing is mounted at the results folder ${this.path} any more; mount its disk again`
      }
      return null
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return code === 'ENOENT' || code === 'ENOTDIR'
        ? `the results folder ${this.path} is gone: it was removed or moved, or its disk is not there; bring it back`
        : `the results folder ${this.path} can't be reached: ${message}`
    }
  }
}

async function isMountPoint(path: string): Promise<boolean> {
  const [own, parent] = await Promise.all([stat(path), stat(dirname(path))])
  return own.dev !== parent.dev
}
