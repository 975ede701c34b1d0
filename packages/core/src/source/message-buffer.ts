import type { DocumentMessage } from '../documents/messages.js'

/** Holds messages between a source that pushes and a reader by `for await`, up to a limit. */
export class MessageBuffer {
  readonly #limit: number
  readonly #overflow: (lost: number) => void
  #messages: DocumentMessage[] = []
  #next = 0
  #ended = false
  #wake: (() => void) | undefined
  #drained: (() => void)[] = []

  constructor(limit: number, overflow: (lost: number) => void) {
    this.#limit = limit
    this.#overflow = overflow
  }

  push(message: DocumentMessage): void {
    if (this.length >= this.#limit) {
      this.#overflow(1)
      return
    }
    this.#messages.push(message)
    this.#wake?.()
  }

  /** How many messages wait for the reader. */
  get length(): number {
    return this.#messages.length - this.#next
  }

  /** Resolves when the reader has come close, or has gone, or nothing more will come. */
  async drained(): Promise<void> {
    if (this.length > 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#drained.push(resolve))
    }
  }

  /** Nothing more will come; what is here can still be read. */
  end(): void {
    this.#ended = true
    this.#wake?.()
    this.#release()
  }

  /** Lets go of what was read, also for a reader that never catches up. */
  #letGo(): void {
    this.#messages = this.#messages.slice(this.#next)
    this.#next = 0
  }

  async *read(done: () => void): AsyncGenerator<DocumentMessage, void, undefined> {
    try {
      for (;;) {
        const message = this.#messages[this.#next]
        if (message) {
          this.#next += 1
          if (this.#next >= 1024) this.#letGo()
          yield message
        } else {
          this.#letGo()
          this.#release()
          if (this.#ended) return
          await new Promise<void>((resolve) => (this.#wake = resolve))
        }
      }
    } finally {
      this.#ended = true
      this.#release()
      done()
    }
  }

  #release(): void {
    for (const resolve of this.#drained.splice(0)) resolve()
  }
}
