import { setImmediate } from 'node:timers/promises'

import type { Subscriber } from 'zeromq'

import { type FrameOutcome, frameReader } from '../../decode/frame-reader.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import { DocumentSource } from '../document-source.js'
import { normalizeAddress } from './address.js'
import { readCurveKeys } from './curve.js'
import { keepConnected } from './keep-connected.js'
import {
  type RemoteDispatcherOptions,
  type RemoteDispatcherOptionsWithDefaults,
  withRemoteDispatcherDefaults,
} from './options.js'
import { liveliness } from './socket-settings.js'

/** How long one turn of the loop may take before timers and other work get theirs, in milliseconds. */
const turn = 10

/**
 * Documents from a `bluesky-0MQ-proxy`. Mirrors `bluesky.callbacks.zmq.RemoteDispatcher`.
 *
 * Unlike Python's it doesn't lose documents in a burst (the high-water mark is `backlog`), goes on after a
 * frame that it can't read, and notices a dead connection by heartbeats. It reconnects by itself, and where
 * it is refused, by CURVE or since the address is another program's, it says so in `refused` and goes on
 * trying. One dispatcher has one address; for several proxies subscribe the same router to several.
 *
 * @example
 * ```ts
 * import { RemoteDispatcher } from '@prompt-papermill/core'
 *
 * const dispatcher = new RemoteDispatcher('localhost:5578')
 * dispatcher.on('start', (doc) => console.log(doc.plan_name))
 * dispatcher.on('refused', (address, reason) => console.error(reason.message))
 * await dispatcher.start()
 * await dispatcher.stop()
 * ```
 */
export class RemoteDispatcher extends DocumentSource {
  /** The address as 0MQ has it. */
  readonly address: string
  readonly #options: RemoteDispatcherOptionsWithDefaults
  readonly #read: (frame: Uint8Array) => FrameOutcome
  #connected = false
  #starting: Promise<void> | undefined
  #socket: Subscriber | undefined
  #receiving: Promise<void> | undefined
  #frames: ((frame: Uint8Array) => void) | undefined

  /**
   * @param address - the proxy's out address: `host:port`, `tcp://…` or `ipc://…`.
   * @throws BlueskyError `bad-address` or `bad-option`.
   */
  constructor(address: string, options: RemoteDispatcherOptions = {}) {
    const withDefaults = withRemoteDispatcherDefaults(options)
    super(withDefaults.backlog)
    this.address = normalizeAddress(address)
    this.#options = withDefaults
    this.#read = frameReader(withDefaults)
  }

  get description(): string {
    return `0MQ ${this.address}`
  }

  override get connected(): boolean {
    return this.#connected
  }

  /** Calls `tap` with each frame as it came, before it is read: for recording. */
  onFrame(tap: (frame: Uint8Array) => void): void {
    this.#frames = tap
  }

  /**
   * Connects and starts to receive. 0MQ connects in the background: a proxy that isn't there yet is no
   * error, and documents come as soon as it is.
   *
   * @throws BlueskyError `bad-file` if a CURVE certificate can't be used, `connection` if 0MQ refuses.
   */
  override start(): Promise<void> {
    return (this.#starting ??= this.#open())
  }

  /**
   * Ends the stream; it can be started again.
   *
   * @throws BlueskyError `connection` if the stream had ended before, since 0MQ failed.
   */
  override async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined)
    const socket = this.#socket
    this.#starting = undefined
    this.#socket = undefined
    this.#connected = false
    socket?.close()
    this.ended()
    const receiving = this.#receiving
    this.#receiving = undefined
    await receiving
  }

  async #open(): Promise<void> {
    try {
      const socket = await this.#connect()
      this.#socket = socket
      this.begun()
      this.#receiving = this.#receive(socket)
      // who stops the source gets the error; until then `end` tells
      this.#receiving.catch(() => undefined)
    } catch (error) {
      this.#starting = undefined
      throw error
    }
  }

  async #connect(): Promise<Subscriber> {
    // loaded here, so that programs that only replay need no native module
    const { Subscriber, context } = await import('zeromq')
    context.blocky = false
    const { backlog, maxFrameBytes, curve } = this.#options
    const socket = new Subscriber({
      receiveHighWaterMark: backlog,
      maxMessageSize: maxFrameBytes,
      linger: 0,
      ipv6: this.address.includes('['),
      ...liveliness,
      ...(curve ? await readCurveKeys(curve) : {}),
    })
    this.#watch(socket)
    try {
      socket.connect(this.address)
      // everything: what has another prefix is to be counted, and 0MQ's filter is looser than ours
      socket.subscribe('')
    } catch (cause) {
      socket.close()
      throw new BlueskyError('connection', `0MQ refuses ${this.address}`, { cause })
    }
    return socket
  }

  #watch(socket: Subscriber): void {
    const { address } = this
    keepConnected(
      socket,
      { address, side: 'out', curve: this.#options.curve },
      {
        connected: () => {
          this.#connected = true
          this.emit('connected', address)
        },
        disconnected: () => {
          this.#connected = false
          this.emit('disconnected', address)
        },
        refused: (reason) => this.emit('refused', address, reason),
      },
    )
  }

  async #receive(socket: Subscriber): Promise<void> {
    let began = performance.now()
    try {
      for await (const parts of socket) {
        if (socket !== this.#socket) return
        for (const part of parts) {
          this.guard(() => this.#frames?.(part))
          this.deliver(this.#read(part))
        }
        // zeromq hands out what has arrived without a turn of the event loop in between
        if (performance.now() - began > turn) {
          await setImmediate()
          began = performance.now()
        }
      }
    } catch (cause) {
      if (socket !== this.#socket) return
      throw new BlueskyError('connection', `0MQ can't receive from ${this.address}`, { cause })
    } finally {
      if (socket === this.#socket) this.ended()
    }
  }
}
