import { randomUUID } from 'node:crypto'

import { context, Publisher } from 'zeromq'

import { readFrames } from './vectors.ts'

/** The frames of a recorded vector. */
export function framesOf(vector: string): Buffer[] {
  return readFrames(vector).map((frame) => Buffer.from(frame))
}

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gu

/** The same frames as another run: every uid in them is replaced by a fresh one of the same length. */
export function asAnotherRun(frames: readonly Buffer[]): Buffer[] {
  const fresh = new Map<string, string>()
  return frames.map((frame) => {
    const text = frame.toString('latin1').replace(uuid, (old) => {
      const known = fresh.get(old)
      if (known !== undefined) return known
      const made = randomUUID()
      fresh.set(old, made)
      return made
    })
    return Buffer.from(text, 'latin1')
  })
}

/** A PUB socket on a free port of the loopback address, as a proxy's out side looks to a subscriber. */
export class FramePublisher {
  readonly #socket: Publisher
  /** `127.0.0.1:PORT`. */
  readonly address: string

  private constructor(socket: Publisher) {
    this.#socket = socket
    this.address = (socket.lastEndpoint ?? '').replace('tcp://', '')
  }

  static async open(): Promise<FramePublisher> {
    context.blocky = false
    const socket = new Publisher({ sendHighWaterMark: 0, linger: 0 })
    await socket.bind('tcp://127.0.0.1:*')
    return new FramePublisher(socket)
  }

  /** Resolves once a subscriber has joined. Call it before the subscriber starts. */
  async joined(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.events.on('handshake', () => resolve()))
    // the subscription itself comes right behind the handshake and has no event
    await new Promise((resolve) => setTimeout(resolve, 200))
  }

  /**
   * Sends frames, at most so many a second.
   */
  async send(frames: Iterable<Uint8Array | string>, rate = Infinity): Promise<void> {
    const began = performance.now()
    let sent = 0
    for (const frame of frames) {
      await this.#socket.send(frame)
      sent += 1
      const ahead = (sent / rate) * 1000 - (performance.now() - began)
      if (ahead > 5) await new Promise((resolve) => setTimeout(resolve, ahead))
    }
  }

  close(): void {
    this.#socket.close()
  }
}
