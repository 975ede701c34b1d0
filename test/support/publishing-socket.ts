import { context, XPublisher } from 'zeromq'

/**
 * A publisher on the loopback address, as a proxy's out side looks to subscribers. It knows who has
 * subscribed, so that nothing is sent before and no test has to sleep.
 */
export class PublishingSocket {
  readonly #socket: XPublisher
  readonly #waiting = new Set<() => void>()
  #subscribers = 0

  private constructor(socket: XPublisher) {
    this.#socket = socket
    void this.#count()
  }

  /** Binds a free port, or an address that was used before. */
  static async open(
    address = '127.0.0.1:*',
    options: ConstructorParameters<typeof XPublisher>[0] = {},
  ): Promise<PublishingSocket> {
    context.blocky = false
    const socket = new XPublisher({
      linger: 0,
      sendHighWaterMark: 0,
      verbosity: 'allSubsUnsubs',
      ...options,
    })
    await socket.bind(address.includes('://') ? address : `tcp://${address}`)
    return new PublishingSocket(socket)
  }

  /** `host:port`, or the whole address if it isn't TCP. */
  get address(): string {
    return (this.#socket.lastEndpoint as string).replace('tcp://', '')
  }

  /** Resolves while there are exactly so many subscribers. */
  async subscribers(count: number): Promise<void> {
    while (this.#subscribers !== count) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Sends frames, once so many have subscribed. */
  async send(frames: Iterable<Uint8Array | string>, subscribers = 1): Promise<void> {
    await this.subscribers(subscribers)
    for (const frame of frames) await this.#socket.send(frame)
  }

  close(): Promise<void> {
    this.#socket.close()
    return Promise.resolve()
  }

  async #count(): Promise<void> {
    // each message is 1 and a topic, a subscription; or 0 and a topic, its end
    for await (const [message] of this.#socket) {
      this.#subscribers += (message as Buffer)[0] === 1 ? 1 : -1
      for (const resolve of this.#waiting) resolve()
      this.#waiting.clear()
    }
  }
}
