import type { LogFile } from '../process/log-file.js'
import type { NotebookProcess } from '../process/notebook-process.js'
import type { Redactor } from './redactor.js'

/** How much of the end is kept, in characters. */
const KEPT = 8_000

/** How much of it a message takes. */
const LAST_WORDS = 400

/**
 * What a process says besides its events, and what its launcher and its kernel do: goes to the log, and
 * the end of it is kept, since it explains a process that can't explain itself any more.
 */
export class Said {
  readonly #log: LogFile | undefined
  readonly #redactor: Redactor
  #end = ''

  constructor(log: LogFile | undefined, redactor: Redactor) {
    this.#log = log
    this.#redactor = redactor
  }

  /** The end of what was said. */
  get end(): string {
    return this.#end
  }

  /** The last lines of it, as one, for a message; empty if nothing was said. */
  get lastWords(): string {
    const lines = this.#end.split('\n').map((line) => line.trim())
    return lines
      .filter((line) => line !== '')
      .slice(-3)
      .join(' / ')
      .slice(-LAST_WORDS)
  }

  /** Listens until nobody can say anything any more. `told` is called after each piece. */
  async listen(process: NotebookProcess, told: () => void = () => undefined): Promise<void> {
    const stream = this.#redactor.stream()
    process.onStrayLine = (line) => {
      void this.#take(Buffer.from(`${this.#redactor.text(line)}\n`))
      told()
    }
    try {
      for await (const chunk of process.stderr) {
        await this.#take(stream.take(chunk as Buffer))
        told()
      }
    } catch (error) {
      // closed from this side, because what the notebook left behind holds it open
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
    }
    await this.#take(stream.rest())
  }

  async #take(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return
    this.#end = (this.#end + bytes.toString()).slice(-KEPT)
    await this.#log?.write(bytes)
  }
}
