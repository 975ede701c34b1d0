import type { DocumentSource } from '@prompt-papermill/core'

/** When the last document came from any of the sources, by a clock that nobody sets. */
export class LastDocument {
  #at: number | null = null
  readonly #since = performance.now()
  #onNext: (() => void) | null = null

  /** Follows a source from now on. */
  follow(source: DocumentSource): void {
    source.on('document', () => {
      this.#at = performance.now()
      if (this.#onNext) this.#onNext()
    })
  }

  /** Has one be told of the next document, in place of whoever was to be told; null: nobody. */
  onNext(tell: (() => void) | null): void {
    this.#onNext =
      tell &&
      (() => {
        this.#onNext = null
        tell()
      })
  }

  /** Milliseconds since the last document came; null: none has. */
  get age(): number | null {
    return this.#at === null ? null : performance.now() - this.#at
  }

  /** Milliseconds since the last document came, or since it was begun to look. */
  get silence(): number {
    return performance.now() - (this.#at ?? this.#since)
  }
}
