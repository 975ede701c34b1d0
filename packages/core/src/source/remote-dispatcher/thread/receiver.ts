import { Subscriber } from 'zeromq'

import { BlueskyError } from '../../../errors/bluesky-error.js'
import { keepConnected } from '../keep-connected.js'
import { liveliness } from '../socket-settings.js'
import type { Batcher } from './batcher.js'
import { type News, plainError, type ThreadSettings } from './messages.js'

/** So many frames are taken off a socket before everything else gets its turn. */
const framesPerTurn = 500

/** Takes frames off the sockets, one for each address, and puts them into a {@link Batcher}. */
export class Receiver {
  readonly #settings: ThreadSettings
  readonly #batcher: Batcher
  readonly #tell: (news: News) => void
  readonly #sockets: Subscriber[] = []
  /** Those of them whose connection is watched. */
  readonly #watched: Subscriber[] = []
  #receiving: readonly Promise<void>[] = []

  constructor(settings: ThreadSettings, batcher: Batcher, tell: (news: News) => void) {
    this.#settings = settings
    this.#batcher = batcher
    this.#tell = tell
  }

  /** Opens the sockets. @throws BlueskyError `connection` if 0MQ refuses an address. */
  open(): void {
    for (const address of this.#settings.addresses) this.#connect(address)
  }

  /** Receives until {@link Receiver.close}. @throws BlueskyError `connection` if 0MQ fails. */
  async receive(): Promise<void> {
    this.#receiving = this.#sockets.map((socket, i) => this.#receiveFrom(socket, i))
    await Promise.all(this.#receiving)
  }

  /** Closes the sockets; resolves when nothing here will call 0MQ any more. */
  async close(): Promise<void> {
    const ended = this.#watched
      .filter((socket) => !socket.closed)
      .map(({ events }) => new Promise<void>((resolve) => events.on('end', () => resolve())))
    for (const socket of this.#sockets) socket.close()
    this.#batcher.end()
    await Promise.allSettled([...ended, ...this.#receiving])
  }

  #connect(address: string): void {
    const { maxFrameBytes, curve } = this.#settings
    const socket = new Subscriber({
      // none: the batcher has the limit
      receiveHighWaterMark: 0,
      maxMessageSize: maxFrameBytes,
      linger: 0,
      ipv6: address.includes('['),
      ...liveliness,
      ...curve?.keys,
    })
    this.#sockets.push(socket)
    // within a process there is nothing to watch, and a watch would end only with the other end
    if (!address.startsWith('inproc:')) this.#watch(socket, address)
    try {
      socket.connect(address)
      // everything: what has another prefix is to be counted, and 0MQ's filter is looser than ours
      socket.subscribe('')
    } catch (cause) {
      throw new BlueskyError('connection', `0MQ refuses ${address}`, { cause })
    }
  }

  #watch(socket: Subscriber, address: string): void {
    this.#watched.push(socket)
    keepConnected(
      socket,
      { address, side: 'out', curve: this.#settings.curve?.files },
      {
        connected: () => this.#tell({ what: 'connected', address }),
        disconnected: () => this.#tell({ what: 'disconnected', address }),
        refused: (reason) => this.#tell({ what: 'refused', address, error: plainError(reason) }),
      },
    )
  }

  async #receiveFrom(socket: Subscriber, index: number): Promise<void> {
    const batcher = this.#batcher
    try {
      while (!socket.closed) {
        batcher.add(await socket.receive())
        if (!(await this.#drain(socket))) batcher.pause()
        // zeromq hands out what has arrived without a turn of the event loop, and frees it only in one
        await new Promise((resolve) => setImmediate(resolve))
      }
    } catch (cause) {
      if (socket.closed) return
      const address = String(this.#settings.addresses[index])
      throw new BlueskyError('connection', `0MQ can't receive from ${address}`, { cause })
    }
  }

  /** Takes what has arrived, up to a batch; returns whether there may be more. */
  async #drain(socket: Subscriber): Promise<boolean> {
    // zeromq then doesn't look first whether there is a frame, which is a third of the time
    socket.receiveTimeout = 0
    try {
      for (let n = 1; n < framesPerTurn; n++) {
        this.#batcher.add(await socket.receive())
      }
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
      throw error
    } finally {
      socket.receiveTimeout = -1
    }
  }
}
