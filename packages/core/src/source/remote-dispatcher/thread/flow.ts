const places = { done: 0, wantedAt: 1, wanted: 2, ended: 3 } as const

/**
 * What the program's thread and the one that receives tell each other in shared memory: it costs nothing,
 * where a message per batch would wake the other thread each time.
 *
 * Batches are counted modulo 2^32, so that a difference is right for ever.
 */
export class Flow {
  /** To be given to the other thread. */
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(
    memory = new SharedArrayBuffer(Object.keys(places).length * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  /** The program: another batch is done with. Says whether the thread waits for that, and is to be woken. */
  finish(): boolean {
    const done = (Atomics.add(this.#words, places.done, 1) + 1) | 0
    if (Atomics.load(this.#words, places.wanted) === 0) return false
    if (((done - Atomics.load(this.#words, places.wantedAt)) | 0) < 0) return false
    return Atomics.exchange(this.#words, places.wanted, 0) === 1
  }

  /** The thread: how many batches of those that it has sent are not done with yet. */
  inFlight(sent: number): number {
    return (sent - Atomics.load(this.#words, places.done)) | 0
  }

  /**
   * The thread: asks to be woken once no more than `most` of the batches that it has sent are in flight.
   *
   * @returns whether that is so already; nobody wakes it then.
   */
  wake(sent: number, most: number): boolean {
    Atomics.store(this.#words, places.wantedAt, (sent - most) | 0)
    Atomics.store(this.#words, places.wanted, 1)
    if (this.inFlight(sent) > most) return false
    // the program may have seen the wish, and sent the message
    return Atomics.exchange(this.#words, places.wanted, 0) === 1
  }

  /** The thread: it has closed its sockets, and is in nobody's native code any more. */
  end(): void {
    Atomics.store(this.#words, places.ended, 1)
    Atomics.notify(this.#words, places.ended)
  }

  /** The program: blocks until the thread has said that, for at most so many milliseconds. */
  waitForEnd(milliseconds: number): void {
    Atomics.wait(this.#words, places.ended, 0, milliseconds)
  }
}
