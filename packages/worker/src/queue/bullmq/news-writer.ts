import type { AttemptNews } from './messages.js'

/** Writes the news of one attempt: one after the other, and of what comes meanwhile only the latest. */
export class NewsWriter {
  readonly #write: (news: AttemptNews) => Promise<void>
  #news: AttemptNews
  #changed = false
  #writing: Promise<void> | undefined

  /**
   * @param write - it may fail: then the next news tell.
   */
  constructor(executor: string, write: (news: AttemptNews) => Promise<void>) {
    this.#news = { executor }
    this.#write = write
  }

  tell(news: Partial<AttemptNews>): void {
    this.#news = { ...this.#news, ...news }
    this.#changed = true
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined))
  }

  /** Resolves when all is written. */
  async flush(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#changed) {
      this.#changed = false
      await this.#write(this.#news).catch(() => undefined)
    }
  }
}
