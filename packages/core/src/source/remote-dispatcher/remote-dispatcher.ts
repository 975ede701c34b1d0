import { type FrameOutcome, frameReader } from '../../decode/frame-reader.js'
import type { BlueskyError } from '../../errors/bluesky-error.js'
import { DocumentSource } from '../document-source.js'
import { normalizeAddresses } from './address.js'
import { readCurveKeys } from './curve.js'
import {
  type RemoteDispatcherOptions,
  type RemoteDispatcherOptionsWithDefaults,
  withRemoteDispatcherDefaults,
} from './options.js'
import { shareBacklog } from './thread/limits.js'
import { ThreadLink } from './thread/thread-link.js'

/**
 * Documents from a `bluesky-0MQ-proxy`, or from several. Mirrors `bluesky.callbacks.zmq.RemoteDispatcher`.
 *
 * Unlike Python's it doesn't lose documents in a burst (the high-water mark is `backlog`), goes on after a
 * frame that it can't read, and notices a dead connection by heartbeats. It reconnects by itself, and where
 * it is refused, by CURVE or since the address is another program's, it says so in `refused` and goes on
 * trying. A document that comes by way of two proxies is delivered twice; `RunRouter` takes it once.
 *
 * Frames are received in a thread of their own, so that receiving goes on while the program works. The
 * thread ends with `stop`; a program that ends without has it ended by a listener on `process`'s `exit`. In a
 * `Worker` of your own, stop the dispatcher before you `terminate()` that.
 *
 * @example
 * ```ts
 * import { RemoteDispatcher } from '@prompt-papermill/core'
 *
 * const dispatcher = new RemoteDispatcher(['localhost:5578', 'localhost:5580'])
 * dispatcher.on('start', (doc) => console.log(doc.plan_name))
 * dispatcher.on('refused', (address, reason) => console.error(reason.message))
 * await dispatcher.start()
 * await dispatcher.stop()
 * ```
 */
export class RemoteDispatcher extends DocumentSource {
  /** The addresses as 0MQ has them. */
  readonly addresses: readonly string[]
  readonly #options: RemoteDispatcherOptionsWithDefaults
  readonly #read: (frame: Uint8Array) => FrameOutcome
  /** The addresses that are connected now. */
  readonly #connected = new Set<string>()
  #starting: Promise<void> | undefined
  #thread: ThreadLink | undefined
  #failure: BlueskyError | undefined
  #frames: ((frame: Uint8Array) => void) | undefined

  /**
   * @param address - the proxy's out address, `host:port`, `tcp://…` or `ipc://…`; or a list of them.
   * @throws BlueskyError `bad-address` or `bad-option`.
   */
  constructor(address: string | readonly string[], options: RemoteDispatcherOptions = {}) {
    const withDefaults = withRemoteDispatcherDefaults(options)
    super(withDefaults.backlog)
    this.addresses = normalizeAddresses(address)
    this.#options = withDefaults
    this.#read = frameReader(withDefaults)
  }

  /** The address as 0MQ has it; several of them are joined by `, `. */
  get address(): string {
    return this.addresses.join(', ')
  }

  get description(): string {
    return `0MQ ${this.address}`
  }

  /**
   * Whether it is connected to all of its addresses now: while one is missing, documents may be. The
   * events `connected`, `disconnected` and `refused` say which address they are about.
   */
  override get connected(): boolean {
    return this.#connected.size === this.addresses.length
  }

  /** Calls `tap` with each frame as it came, before it is read: for recording. */
  onFrame(tap: (frame: Uint8Array) => void): void {
    this.#frames = tap
  }

  /**
   * Connects and starts to receive. 0MQ connects in the background: a proxy that isn't there yet is no
   * error, and documents come as soon as it is.
   *
   * @throws BlueskyError `bad-file` if a CURVE certificate can't be used; `connection` if 0MQ refuses, or no
   *   thread can be started.
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
    const thread = this.#thread
    const failure = this.#failure
    this.#starting = undefined
    this.#thread = undefined
    this.#failure = undefined
    this.#connected.clear()
    const ending = thread?.end()
    this.ended()
    await ending
    if (failure) throw failure
  }

  async #open(): Promise<void> {
    try {
      const { backlog, maxFrameBytes, curve } = this.#options
      const { addresses } = this
      const settings = {
        addresses,
        shares: shareBacklog(backlog),
        maxFrameBytes,
        curve: curve && { files: { ...curve }, keys: await readCurveKeys(curve) },
      }
      this.#thread = await ThreadLink.open(settings, this.#listener)
      this.begun()
    } catch (error) {
      this.#starting = undefined
      throw error
    }
  }

  readonly #listener = {
    frame: (frame: Uint8Array): void => {
      if (this.#frames) this.guard(() => this.#frames?.(frame))
      this.deliver(this.#read(frame))
    },
    connected: (address: string): void => {
      this.#connected.add(address)
      this.emit('connected', address)
    },
    disconnected: (address: string): void => {
      this.#connected.delete(address)
      this.emit('disconnected', address)
    },
    refused: (address: string, reason: BlueskyError): void => {
      this.emit('refused', address, reason)
    },
    lost: (frames: number): void => {
      this.emit('lost', frames)
    },
    failed: (reason: BlueskyError): void => {
      // who stops the source gets the error; until then `end` tells
      this.#failure = reason
      this.#connected.clear()
      this.ended()
    },
  }
}
