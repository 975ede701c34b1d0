import { setImmediate } from 'node:timers/promises'

import {
  frameReader,
  type FrameOutcome,
  type FrameReaderOptions,
  type FrameReaderOptionsWithDefaults,
  withFrameReaderDefaults,
} from '../../decode/frame-reader.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import type { RunOrigin } from '../../documents/run-origin.js'
import { DocumentSource } from '../document-source.js'
import { readDocuments } from './documents-file.js'
import { formatOf, type RecordingFormat } from './format.js'
import { readFrames } from './frames-file.js'

/** How a recording is read: as live frames are, but with any prefix unless one is given. */
export type ReplayOptions = FrameReaderOptions

/**
 * Documents from a recording: frames (as `prompt-papermill tap --record` writes them) or JSONL
 * (suitcase-jsonl's, or bluesky's `JSONLinesWriter`'s). The format is told from the content.
 *
 * The stream ends (`end`, and the end of `for await`) with the file. A file that is cut short ends it too:
 * see {@link Replay.finished}.
 *
 * @param path - the recording; it is opened by `start()`
 * @throws BlueskyError `bad-option` for a decoder that isn't there.
 *
 * @example
 * ```ts
 * import { replay } from '@prompt-papermill/core'
 *
 * const source = replay('run.frames')
 * source.on('start', (doc) => console.log(doc.plan_name)) // reflection_scan
 * await source.start()
 * await source.finished()
 * ```
 */
export function replay(path: string, options: ReplayOptions = {}): Replay {
  return new Replay(path, options)
}

/**
 * A recording as a source; made by {@link replay}.
 *
 * @example
 * ```ts
 * import { Replay, RunRouter } from '@prompt-papermill/core'
 *
 * const source = new Replay('run.jsonl')
 * const router = new RunRouter()
 * router.events.on('stopped', (run) => console.log(run.start.plan_name, run.events.primary))
 * // reflection_scan 11
 * source.subscribe(router)
 * await source.start()
 * await source.finished()
 * ```
 */
export class Replay extends DocumentSource {
  /** The file, as it was given. */
  readonly path: string
  readonly #options: FrameReaderOptionsWithDefaults
  readonly #readFrame: (frame: Uint8Array) => FrameOutcome
  #starting: Promise<void> | undefined
  #reading: Promise<void> | undefined
  #stopped = false

  /** @throws BlueskyError `bad-option`. */
  constructor(path: string, options: ReplayOptions = {}) {
    super(200_000)
    this.path = path
    this.#options = withFrameReaderDefaults({ ...options, prefix: options.prefix ?? null })
    this.#readFrame = frameReader(this.#options)
  }

  get description(): string {
    return this.path
  }

  override get origin(): RunOrigin {
    return 'replay'
  }

  /**
   * Opens the file and starts to read it; a second call changes nothing.
   *
   * @throws BlueskyError `bad-file` if it can't be opened, `closed` if the replay was stopped.
   */
  override start(): Promise<void> {
    return (this.#starting ??= this.#open())
  }

  /**
   * Resolves when the whole file has been read, or the replay was stopped. Start it before.
   *
   * @throws BlueskyError `bad-file` if the file is cut short or broken; what came before was delivered.
   */
  async finished(): Promise<void> {
    await this.#starting
    await this.#reading
  }

  override async stop(): Promise<void> {
    this.#stopped = true
    // before waiting: a reader that has stopped reading would hold up the file for ever
    this.ended()
    await this.#starting?.catch(() => undefined)
    await this.#reading?.catch(() => undefined)
  }

  async #open(): Promise<void> {
    try {
      const format = await formatOf(this.path)
      if (this.#stopped) throw new BlueskyError('closed', `${this.path} is not replayed any more`)
      this.#reading = this.#read(format)
      // who asks gets the error from `finished`; it must not end a program that doesn't ask
      this.#reading.catch(() => undefined)
    } catch (error) {
      this.#starting = undefined
      throw error
    }
  }

  async #read(format: RecordingFormat): Promise<void> {
    let began = performance.now()
    try {
      for await (const outcome of this.#outcomes(format)) {
        if (this.#stopped) return
        this.deliver(outcome)
        await this.keptUp(1000)
        if (performance.now() - began > 10) {
          await setImmediate()
          began = performance.now()
        }
      }
    } finally {
      this.ended()
    }
  }

  async *#outcomes(format: RecordingFormat): AsyncGenerator<FrameOutcome, void, undefined> {
    if (format === 'documents') {
      yield* readDocuments(this.path, this.#options.validate)
      return
    }
    for await (const frame of readFrames(this.path)) yield this.#readFrame(frame)
  }
}
