import { setImmediate } from 'node:timers/promises'

/** How long one turn of sending may take before timers and other work get theirs, in milliseconds. */
const turn = 10

/** Frames on their way out: kept in order while they can't go, up to a limit. */
export class Outbox {
  readonly #limit: number
  #frames: Uint8Array[] = []
  #next = 0
  #open = false
  #over = false
  #wake: (() => void) | undefined
  readonly #waiting = new Set<() => void>()

  /** @param limit - how many frames it holds. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many frames have not gone out. */
  get length(): number {
    return this.#frames.length - this.#next
  }

  /** Puts a frame at the end; false if there is no room, and then it is not kept. */
  push(frame: Uint8Array): boolean {
    if (this.length >= this.#limit) return false
    this.#frames.push(frame)
    this.#wake?.()
    return true
  }

  /** Lets frames go out, or holds them. */
  set open(open: boolean) {
    this.#open = open
    this.#wake?.()
  }

  /** Resolves once all frames have gone out, or it has ended. */
  async empty(): Promise<void> {
    if (this.length > 0 && !this.#over) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Nothing goes out any more. */
  end(): void {
    this.#over = true
    this.#wake?.()
    this.#tellWaiting()
  }

  /** Sends frame after frame until the end. What `send` throws ends it too. */
  async run(send: (frame: Uint8Array) => Promise<void>): Promise<void> {
    let began = performance.now()
    while (!this.#over) {
      const frame = this.#open ? this.#frames[this.#next] : undefined
      if (frame === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve))
        began = performance.now()
        continue
      }
      await send(frame)
      this.#sent()
      // a socket that takes frames at once never lets the event loop turn
      if (performance.now() - began > turn) {
        await setImmediate()
        began = performance.now()
      }
    }
  }

  #sent(): void {
    this.#next += 1
    if (this.length === 0 || this.#next >= 1024) {
      this.#frames = this.#frames.slice(this.#next)
      this.#next = 0
    }
    if (this.length === 0) this.#tellWaiting()
  }

  #tellWaiting(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
