import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const VARIABLE = 'PROMPT_PAPERMILL_PROCESS'

/** How long to go on looking for processes that don't go away. */
const LONGEST_HUNT_MS = 2_000

/**
 * A mark in the environment of a process, which all that it starts inherits: the way to find them
 * when the process that kept them together was killed.
 */
export class ProcessMark {
  readonly #value = randomUUID()

  /** The environment variable to start the process with. */
  get env(): Readonly<Record<string, string>> {
    return { [VARIABLE]: this.#value }
  }

  /**
   * The ids of the processes with this mark, as far as `/proc` tells (on Linux; elsewhere none).
   * A process that emptied its own environment before it started another is not seen.
   */
  async find(): Promise<number[]> {
    if (process.platform !== 'linux') return []
    const wanted = Buffer.from(`${VARIABLE}=${this.#value}`)
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const marked = await Promise.all(ids.map((id) => environmentHas(id, wanted)))
    return ids.filter((_, index) => marked[index]).map(Number)
  }

  /** Ends every process with this mark with SIGKILL; says which are still there after two seconds. */
  async end(): Promise<number[]> {
    const deadline = performance.now() + LONGEST_HUNT_MS
    for (;;) {
      const found = await this.find()
      for (const id of found) killIfThere(id)
      if (found.length === 0 || performance.now() > deadline) return found
      await sleep(20)
    }
  }
}

/** Sends a signal to a process, or to a group by its negative number, if it is still there. */
export function killIfThere(id: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(id, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function environmentHas(id: string, wanted: Buffer): Promise<boolean> {
  try {
    return (await readFile(`/proc/${id}/environ`)).includes(wanted)
  } catch {
    // gone in the meantime, or somebody else's
    return false
  }
}
