/** The longest delay, in milliseconds, that a timer takes. */
const longest = 2 ** 31 - 1

/** A timer that keeps alive neither the process nor the object for which it works. */
export class BackgroundTimer<Owner extends object> {
  readonly #owner: WeakRef<Owner>
  readonly #call: (owner: Owner) => void
  #timer: ReturnType<typeof setTimeout> | undefined

  /**
   * @param call - what to do for the owner; it may come early where the delay was longer than timers can be.
   */
  constructor(owner: Owner, call: (owner: Owner) => void) {
    this.#owner = new WeakRef(owner)
    this.#call = call
  }

  /** Starts the timer, unless it runs. */
  start(delay: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        const owner = this.#owner.deref()
        if (owner) this.#call(owner)
      },
      Math.min(delay, longest),
    )
    // a browser's timer is a number
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
