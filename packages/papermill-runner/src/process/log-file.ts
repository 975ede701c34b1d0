import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

/** How much of the end is kept beyond the limit: what went wrong is said last. */
const TAIL_BYTES = 64 * 1024

/**
 * A text file that takes at most so many bytes of what is written to it, and then the end of it.
 *
 * A disk that fills up costs the rest of the log and nothing else; {@link LogFile.error} says so.
 */
export class LogFile {
  readonly #file: FileHandle
  #left: number
  #tail = Buffer.alloc(0)
  #cut = 0
  #error: Error | undefined
  #writing: Promise<void> = Promise.resolve()

  private constructor(file: FileHandle, limit: number) {
    this.#file = file
    this.#left = limit
  }

  /** Makes the file, or empties it. Throws the error of the file system. */
  static async create(path: string, limit: number): Promise<LogFile> {
    return new LogFile(await open(path, 'w'), limit)
  }

  /** What went wrong with writing, if anything did. */
  get error(): Error | undefined {
    return this.#error
  }

  /** Adds text behind all that was written before, which it waits for. */
  write(text: Buffer | string): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(text))
    return this.#writing
  }

  /** Writes the end of what did not fit, with a note where something is missing. */
  async close(): Promise<void> {
    await this.#writing
    if (this.#cut > 0) await this.#append(Buffer.from(`\n[log cut here: ${this.#cut} bytes]\n`))
    await this.#append(this.#tail)
    await this.#file.close()
  }

  async #write(text: Buffer | string): Promise<void> {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    const kept = bytes.subarray(0, this.#left)
    this.#left -= kept.length
    await this.#append(kept)
    if (kept.length < bytes.length) {
      const rest = Buffer.concat([this.#tail, bytes.subarray(kept.length)])
      this.#tail = Buffer.from(rest.subarray(-TAIL_BYTES))
      this.#cut += rest.length - this.#tail.length
    }
  }

  async #append(bytes: Buffer): Promise<void> {
    if (this.#error || bytes.length === 0) return
    try {
      await this.#file.appendFile(bytes)
    } catch (error) {
      this.#error = error as Error
    }
  }
}
