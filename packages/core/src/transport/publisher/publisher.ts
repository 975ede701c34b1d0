import { setTimeout } from 'node:timers/promises'

import type { XPublisher } from 'zeromq'

import { joinFrame } from '../../decode/frame.js'
import type { DocumentMessage } from '../../documents/messages.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import { SteadyEmitter } from '../../errors/steady-emitter.js'
import { normalizeAddress, normalizeBindAddress } from '../../source/remote-dispatcher/address.js'
import { keepConnected } from '../../source/remote-dispatcher/keep-connected.js'
import { openPublisherSocket } from './open-socket.js'
import {
  type PublisherOptions,
  type PublisherOptionsWithDefaults,
  withPublisherDefaults,
} from './options.js'
import { Outbox } from './outbox.js'
import type { PublisherEvents } from './publisher-events.js'
import { Readiness } from './readiness.js'
import { sendFrame } from './send-frame.js'

/**
 * Sends documents to a 0MQ proxy, for Python's `RemoteDispatcher`, ours, and whoever else reads bluesky's
 * frames. Mirrors `bluesky.callbacks.zmq.Publisher`.
 *
 * Unlike Python's it keeps what is published before the proxy takes it, or while the proxy is away, up to
 * `backlog`; says when the proxy refuses it; and closes only when all is out. What a proxy that dies had
 * taken, and what comes before a subscriber has joined the proxy, is lost all the same, as PUB/SUB has it.
 *
 * @example
 * ```ts
 * import { composeRun, Publisher } from '@prompt-papermill/core'
 *
 * const publisher = new Publisher('localhost:5577', { prefix: 'jpls' })
 * publisher.on('refused', (address, reason) => console.error(reason.message))
 * await publisher.start()
 * const { start, composeStop } = composeRun({ metadata: { plan_name: 'count' } })
 * publisher.publish({ name: 'start', doc: start })
 * publisher.publish({ name: 'stop', doc: composeStop() })
 * await publisher.close()
 * console.log(publisher.waiting) // 0
 * ```
 *
 * @example Forwarding what a source gives, as another format:
 * ```ts
 * import { Publisher, RemoteDispatcher } from '@prompt-papermill/core'
 *
 * const source = new RemoteDispatcher('localhost:5578')
 * const publisher = new Publisher('localhost:5579', { serializer: 'json' })
 * source.subscribe(publisher)
 * await publisher.start()
 * await source.start()
 * for await (const { name } of source) if (name === 'stop') break
 * await source.stop()
 * await publisher.close()
 * ```
 */
export class Publisher extends SteadyEmitter<PublisherEvents> {
  readonly #options: PublisherOptionsWithDefaults
  readonly #outbox: Outbox
  #address: string
  #starting: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #socket: XPublisher | undefined
  #sending: Promise<void> | undefined
  #connected = false
  #takers = 0
  readonly #ready = new Readiness()

  /**
   * @param address - the proxy's in address: `host:port`, `tcp://…` or `ipc://…`; with `bind` the one to
   *   listen at, whose port may be `*`.
   * @throws BlueskyError `bad-address` or `bad-option`.
   */
  constructor(address: string, options: PublisherOptions = {}) {
    super()
    this.#options = withPublisherDefaults(options)
    this.#address = (this.#options.bind ? normalizeBindAddress : normalizeAddress)(address)
    this.#outbox = new Outbox(this.#options.backlog)
  }

  /** The address as 0MQ has it; where it listens, once it has started, with the port that it got. */
  get address(): string {
    return this.#address
  }

  /** Whether it is connected to a proxy now; with `bind`, whether somebody subscribes. */
  get connected(): boolean {
    return this.#options.bind ? this.#takers > 0 : this.#connected
  }

  /** How many documents wait to be taken. */
  get waiting(): number {
    return this.#outbox.length
  }

  /**
   * Connects, or listens. 0MQ connects in the background: a proxy that isn't there yet is no error.
   *
   * @throws BlueskyError `bad-file` if a CURVE certificate can't be used, `connection` if 0MQ refuses the
   *   address, as for a port in use; `closed` after {@link Publisher.close}.
   */
  start(): Promise<void> {
    if (this.#closing) return Promise.reject(this.#closedError())
    if (this.#starting) return this.#starting
    const starting = this.#open()
    this.#starting = starting
    // what failed can be tried again
    starting.catch(() => (this.#starting = undefined))
    return starting
  }

  /**
   * Resolves once somebody takes what is published.
   *
   * @throws BlueskyError `closed` if it is closed before that.
   */
  async ready(): Promise<void> {
    if (this.#closing) throw this.#closedError()
    await this.#ready.wait()
  }

  /**
   * Publishes a document; it is written at once, so that it may be changed afterwards.
   *
   * @throws BlueskyError `not-representable` for a value that the serializer has no form for, naming its path;
   *   `too-deep` or `cyclic` for one that nests too deep or contains itself; `closed` after
   *   {@link Publisher.close}. What a serializer of your own throws, as it is.
   */
  publish({ name, doc }: DocumentMessage): void {
    if (this.#closing) throw this.#closedError()
    const { prefix, serialize } = this.#options
    const frame = joinFrame({ prefix, name, payload: serialize(doc) })
    if (!this.#outbox.push(frame)) this.emit('lost', 1)
  }

  /**
   * {@link Publisher.publish}, by the name that makes it a subscriber: `source.subscribe(publisher)`.
   *
   * @throws BlueskyError as {@link Publisher.publish}.
   */
  dispatch(message: DocumentMessage): void {
    this.publish(message)
  }

  /**
   * Waits until 0MQ has all that was published, for `linger` milliseconds at most, and closes. What is left
   * then is told as `lost`. 0MQ sends what it has in the background, for as long again, and a process that
   * ends waits for that.
   *
   * @throws BlueskyError `connection` if 0MQ failed while it sent.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#end())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(): Promise<void> {
    const socket = await openPublisherSocket(this.#address, this.#options)
    this.#socket = socket
    await this.#join(socket)
  }

  async #join(socket: XPublisher): Promise<void> {
    const { bind, curve } = this.#options
    const address = this.#address
    if (!bind) keepConnected(socket, { address, side: 'in', curve }, this.#listener(address))
    try {
      if (bind) await socket.bind(address)
      else socket.connect(address)
    } catch (cause) {
      socket.close()
      const why = (cause as Error).message
      throw new BlueskyError('connection', `0MQ refuses ${address}: ${why}`, { cause })
    }
    if (bind) this.#address = socket.lastEndpoint ?? address
    this.#outbox.open = bind
    void this.#count(socket)
    this.#sending = this.#outbox.run((frame) => sendFrame(socket, frame, this.#address))
    // who closes the publisher gets the error
    this.#sending.catch(() => this.#outbox.end())
  }

  #listener(address: string): Parameters<typeof keepConnected>[2] {
    return {
      connected: () => {
        this.#connected = true
        this.#tellReady()
        this.emit('connected', address)
      },
      disconnected: () => {
        this.#connected = false
        this.#tellReady()
        this.emit('disconnected', address)
      },
      refused: (reason) => this.emit('refused', address, reason),
    }
  }

  /** Counts those who take: each message is 1 and a topic, a subscription; or 0 and a topic, its end. */
  async #count(socket: XPublisher): Promise<void> {
    try {
      for await (const [message] of socket) {
        if (message?.[0] === 1) this.#takers += 1
        else if (message?.[0] === 0) this.#takers -= 1
        this.#outbox.open = this.#options.bind || this.#takers > 0
        this.#tellReady()
      }
    } catch (error) {
      // the socket was closed while it waited; anything else must not pass as silence
      if (!socket.closed) throw error
    }
  }

  #tellReady(): void {
    this.#ready.set(this.#takers > 0 && this.connected)
  }

  async #end(): Promise<void> {
    await this.#starting?.catch(() => undefined)
    const patience = new AbortController()
    const late = setTimeout(this.#options.linger, undefined, patience).catch(() => undefined)
    if (this.#sending) await Promise.race([this.#outbox.empty(), late])
    patience.abort()
    const lost = this.#outbox.length
    this.#outbox.end()
    // what 0MQ itself still holds goes out in the background, also while the program ends
    this.#socket?.close()
    this.#connected = false
    this.#takers = 0
    this.#ready.fail(this.#closedError())
    if (lost > 0) this.emit('lost', lost)
    await this.#sending
  }

  #closedError(): BlueskyError {
    return new BlueskyError(
      'closed',
      `the publisher to ${this.#address} was closed; make a new one`,
    )
  }
}
