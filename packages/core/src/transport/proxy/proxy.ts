import type { Context } from 'zeromq'

import { BlueskyError } from '../../errors/bluesky-error.js'
import { SteadyEmitter } from '../../errors/steady-emitter.js'
import { normalizeBindAddress } from '../../source/remote-dispatcher/address.js'
import type { ProxySide } from '../../source/remote-dispatcher/refusal.js'
import { Authenticator } from './authenticator.js'
import { openProxySockets, type ProxySockets } from './open-sockets.js'
import {
  anyLocalPort,
  type ProxyOptions,
  type ProxyOptionsWithDefaults,
  withProxyDefaults,
} from './options.js'
import { checkThreads, runNative } from './running.js'

/** What a {@link Proxy} says. */
export interface ProxyEvents {
  /**
   * A client was refused, on the side whose address this is. The reason, of code `connection`, says what to
   * do. The same reason is said once in ten seconds.
   */
  refused: (address: string, reason: BlueskyError) => void
  /** It has ended: it was stopped, or 0MQ failed; then with the reason. */
  end: (reason: BlueskyError | null) => void
}

/** How often a refusal for the same reason is said again, in milliseconds. */
const reminder = 10_000

/** No more reasons than these are remembered: clients make them, and there may be many. */
const mostReasons = 1000

interface Open extends ProxySockets {
  readonly native: { terminate(): void }
  readonly authenticator: Authenticator
  readonly over: Promise<void>
}

/**
 * Takes frames from publishers at one address and gives them to all subscribers at another, whatever is in
 * them. Mirrors `bluesky.callbacks.zmq.Proxy`, of which `bluesky-0MQ-proxy` is the command.
 *
 * It forwards in a thread of its own, so that it doesn't wait for the program's work. It is one of libuv's
 * (`UV_THREADPOOL_SIZE`, by default four, which files and names use too), so that a process takes three
 * of these unless that is raised. Unlike Python's it can have CURVE on both sides at once, follows changes in
 * the folders of client keys without a restart, and says whom it refuses. It listens on both sides:
 * Python's `in_bind=False` and `out_bind=False` have no counterpart.
 *
 * @example
 * ```ts
 * import { once } from 'node:events'
 *
 * import { composeRun, Proxy, Publisher, RemoteDispatcher } from '@prompt-papermill/core'
 *
 * const proxy = new Proxy()
 * await proxy.start()
 * const dispatcher = new RemoteDispatcher(proxy.outAddress)
 * const publisher = new Publisher(proxy.inAddress)
 * await dispatcher.start()
 * await publisher.start()
 * // somebody subscribes: from now on nothing is published in vain
 * await publisher.ready()
 * publisher.publish({ name: 'start', doc: composeRun({ metadata: { plan_name: 'count' } }).start })
 * for await (const { name, doc } of dispatcher) {
 *   if (name === 'start') console.log(doc.plan_name) // count
 *   break
 * }
 * await publisher.close()
 * await dispatcher.stop()
 * await proxy.stop()
 * ```
 */
export class Proxy extends SteadyEmitter<ProxyEvents> {
  readonly #wanted: Readonly<Record<ProxySide, string>>
  readonly #options: ProxyOptionsWithDefaults
  readonly #told = new Map<string, number>()
  #addresses: Readonly<Record<ProxySide, string>>
  #starting: Promise<void> | undefined
  #open: Open | undefined

  /**
   * @param inAddress - where publishers connect: `host:port`, `tcp://…` or `ipc://…`, whose host may be `*`
   *   for every interface and whose port `*` for any free one. By default any free port of the loopback
   *   address; unlike Python's it never listens to other machines unasked.
   * @param outAddress - where subscribers connect, as well.
   * @throws BlueskyError `bad-address` or `bad-option`.
   */
  constructor(
    inAddress: string | null = null,
    outAddress: string | null = null,
    options: ProxyOptions = {},
  ) {
    super()
    this.#wanted = {
      in: normalizeBindAddress(inAddress ?? anyLocalPort),
      out: normalizeBindAddress(outAddress ?? anyLocalPort),
    }
    this.#addresses = this.#wanted
    this.#options = withProxyDefaults(options)
  }

  /** Where publishers connect; with the port that it got, once it has started. */
  get inAddress(): string {
    return this.#addresses.in
  }

  /** Where subscribers connect; with the port that it got, once it has started. */
  get outAddress(): string {
    return this.#addresses.out
  }

  /**
   * Listens and starts to forward; resolves when clients can connect.
   *
   * @throws BlueskyError `bad-file` if a CURVE certificate or folder can't be used, `connection` if an
   *   address can't be listened at or there is no thread for it.
   */
  start(): Promise<void> {
    if (this.#starting) return this.#starting
    const starting = this.#begin()
    this.#starting = starting
    // what failed can be tried again
    starting.catch(() => (this.#starting = undefined))
    return starting
  }

  /** Stops to forward and frees the addresses; it can be started again. */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined)
    const open = this.#open
    if (!open) return
    this.#open = undefined
    this.#starting = undefined
    open.native.terminate()
    await open.over
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #begin(): Promise<void> {
    checkThreads()
    const { Context } = await import('zeromq')
    // of its own: an authenticator answers for all sockets of a context
    const context = new Context({ blocky: false })
    const { curves } = this.#options
    const authenticator = await Authenticator.open(context, curves, (side, reason) =>
      this.#tellRefused(side, reason),
    )
    try {
      this.#open = await this.#forward(context, authenticator)
    } catch (error) {
      await authenticator.close()
      throw error
    }
  }

  async #forward(context: Context, authenticator: Authenticator): Promise<Open> {
    const sockets = await openProxySockets(context, this.#wanted, this.#options)
    this.#addresses = {
      in: sockets.in.lastEndpoint ?? this.#wanted.in,
      out: sockets.out.lastEndpoint ?? this.#wanted.out,
    }
    this.#watch('in', sockets.in)
    this.#watch('out', sockets.out)
    const { Proxy: NativeProxy } = await import('zeromq')
    try {
      // again: others may have started meanwhile
      checkThreads()
    } catch (error) {
      sockets.in.close()
      sockets.out.close()
      throw error
    }
    const native = new NativeProxy(sockets.in, sockets.out)
    const over = this.#run(native, authenticator)
    return { ...sockets, native, authenticator, over }
  }

  async #run(native: Parameters<typeof runNative>[0], authenticator: Authenticator): Promise<void> {
    let reason: BlueskyError | null = null
    try {
      await runNative(native)
    } catch (cause) {
      reason = new BlueskyError('connection', `the proxy at ${this.inAddress} failed`, { cause })
    }
    await authenticator.close()
    if (this.#open?.native === native) {
      this.#open = undefined
      this.#starting = undefined
    }
    this.emit('end', reason)
  }

  #watch(side: ProxySide, socket: ProxySockets[ProxySide]): void {
    socket.events.on('handshake:error:protocol', ({ error }) => {
      const curve = this.#options.curves[side]
      if (error.code === 'ERR_ZMTP_MECHANISM_MISMATCH') {
        this.#tellRefused(
          side,
          curve ? withoutCurve : 'a client came with CURVE, and this has none',
        )
      } else {
        this.#tellRefused(
          side,
          curve ? wrongServerKey : `a client did not speak 0MQ (${error.code})`,
        )
      }
    })
  }

  #tellRefused(side: ProxySide, reason: string): void {
    const now = performance.now()
    const last = this.#told.get(`${side} ${reason}`)
    if (last !== undefined && now - last < reminder) return
    if (this.#told.size >= mostReasons) this.#told.clear()
    this.#told.set(`${side} ${reason}`, now)
    const address = this.#addresses[side]
    this.emit('refused', address, new BlueskyError('connection', `${address}: ${reason}`))
  }
}

const withoutCurve =
  "a client came without CURVE; give it a .key_secret file of its own and this proxy's .key file"
const wrongServerKey =
  "a client failed CURVE's handshake, as with a wrong server key; give it this proxy's .key file"
