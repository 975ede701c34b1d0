import { context, XPublisher } from 'zeromq'

/**
 * A publisher on the loopback address, as a proxy's out side looks to subscribers. It knows who has
 * subscribed, so that nothing is sent before and no test has to sleep.
 */
export class PublishingSocket {
  readonly #socket: XPublisher
  #subscribed: Promise<void>

  private constructor(socket: XPublisher) {
    this.#socket = socket
    this.#subscribed = this.#nextSubscription()
  }

  /** Binds a free port, or one that was used before. */
  static async open(address = '127.0.0.1:*'): Promise<PublishingSocket> {
    context.blocky = false
    const socket = new XPublisher({ linger: 0, sendHighWaterMark: 0 })
    await socket.bind(address.includes('://') ? address : `tcp://${address}`)
    return new PublishingSocket(socket)
  }

  /** `host:port`. */
  get address(): string {
    return (this.#socket.lastEndpoint as string).replace('tcp://', '')
  }

  /** Resolves once somebody has subscribed. */
  get subscribed(): Promise<void> {
    return this.#subscribed
  }

  /** Sends frames to whoever has subscribed, once somebody has. */
  async send(frames: Iterable<Uint8Array | string>): Promise<void> {
    await this.#subscribed
    for (const frame of frames) await this.#socket.send(frame)
  }

  /** Resolves once somebody has subscribed after the last one did. */
  async resubscribed(): Promise<void> {
    await this.#subscribed
    this.#subscribed = this.#nextSubscription()
    await this.#subscribed
  }

  close(): Promise<void> {
    this.#socket.close()
    return Promise.resolve()
  }

  async #nextSubscription(): Promise<void> {
    try {
      // 1 and the topic: a subscription; 0 and the topic: its end
      for (;;) if ((await this.#socket.receive())[0]?.[0] === 1) return
    } catch (error) {
      if (!this.#socket.closed) throw error
    }
  }
}
