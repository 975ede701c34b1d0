import type { ExecuteOptions } from './options.js'
import type { Said } from './said.js'

/** Milliseconds between two words: whoever is told may write them down. */
const LEAST_PAUSE_MS = 1_000

/** Tells what a launcher is at, in its own words, until the Python is there. */
export class Waiting {
  readonly #launcher: string
  readonly #onProgress: ExecuteOptions['onProgress']
  readonly #said: Said
  #told = ''
  #next = 0
  #timer: NodeJS.Timeout | undefined
  #over = false

  constructor(
    { launcher, onProgress }: Pick<ExecuteOptions, 'launcher' | 'onProgress'>,
    said: Said,
  ) {
    this.#launcher = launcher?.[0] ?? ''
    this.#onProgress = onProgress
    this.#said = said
  }

  /** Tells it now, or in a moment if it was told just before. */
  tell(): void {
    if (this.#over || this.#timer) return
    const wait = this.#next - performance.now()
    if (wait > 0) this.#timer = setTimeout(() => this.#tellNow(), wait)
    else this.#tellNow()
  }

  over(): void {
    this.#over = true
    clearTimeout(this.#timer)
  }

  #tellNow(): void {
    this.#timer = undefined
    const { lastWords } = this.#said
    const message = `waiting for ${this.#launcher}${lastWords === '' ? '' : `: ${lastWords}`}`
    if (message === this.#told) return
    this.#told = message
    this.#next = performance.now() + LEAST_PAUSE_MS
    this.#onProgress?.({ step: 0, of: 0, event: 'waiting', message })
  }
}
