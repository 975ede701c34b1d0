import type { Socket } from 'zeromq'

import { type Refused, explainRefusal, type RefusalKind } from './refusal.js'
import type { BlueskyError } from '../../errors/bluesky-error.js'

/** How long 0MQ may take to say that it tries again by itself, in milliseconds. */
const patience = 1000

/** How long after a refusal the next try is, in milliseconds: nobody mends a key faster. */
const pace = 1000

/** How often a refusal for the same reason is said again, in milliseconds. */
const reminder = 10_000

/** So often in a row may the other end hang up before it counts as a refusal: a proxy that is ended does so once. */
const benefitOfDoubt = 1

/** What a connection tells. */
export interface ConnectionListener {
  connected(): void
  disconnected(): void
  /** The other end refuses it. Said at once, and again every ten seconds while it lasts. */
  refused(reason: BlueskyError): void
}

/** The connection to keep: what {@link explainRefusal} has to know of it. */
export type KeptConnection = Pick<Refused, 'address' | 'side' | 'curve'>

/**
 * Watches a socket's connection, and connects it again where 0MQ gives up by itself, which it does without
 * a word after a frame beyond the socket's limit, after most refused handshakes, and where the other end is
 * a socket of the wrong type. Call it before the socket connects.
 */
export function keepConnected(
  socket: Socket,
  connection: KeptConnection,
  listener: ConnectionListener,
): void {
  new Connection(socket, connection, listener).watch()
}

class Connection {
  readonly #socket: Socket
  readonly #connection: KeptConnection
  readonly #listener: ConnectionListener
  #timer: NodeJS.Timeout | undefined
  #up = false
  /** Waits for the next try after a refusal; what 0MQ still says of the last one is old. */
  #resting = false
  /** Whether the present try has been told as refused already. */
  #judged = false
  #hungUp = 0
  #said: { readonly kind: RefusalKind; readonly at: number } | undefined

  constructor(socket: Socket, connection: KeptConnection, listener: ConnectionListener) {
    this.#socket = socket
    this.#connection = connection
    this.#listener = listener
  }

  watch(): void {
    const { events } = this.#socket
    events.on('connect', () => {
      this.#judged = false
      this.#trying()
    })
    for (const event of ['connect:delay', 'connect:retry'] as const) {
      events.on(event, () => this.#trying())
    }
    events.on('handshake', () => this.#opened())
    events.on('handshake:error:auth', ({ error }) => this.#refused('key', error))
    events.on('handshake:error:protocol', ({ error }) => {
      this.#refused(error.code === 'ERR_ZMTP_MECHANISM_MISMATCH' ? 'mechanism' : 'protocol', error)
    })
    events.on('handshake:error:other', ({ error }) => {
      // the handshake's time was over: that is silence, as from a machine that is frozen
      if (error.code === 'EAGAIN') this.#judged = true
      else this.#refused('hung-up', error)
    })
    events.on('disconnect', () => this.#lost())
    events.on('end', () => clearTimeout(this.#timer))
  }

  #trying(): void {
    if (!this.#resting) clearTimeout(this.#timer)
  }

  #opened(): void {
    clearTimeout(this.#timer)
    this.#resting = false
    this.#judged = true
    this.#up = true
    this.#hungUp = 0
    this.#said = undefined
    this.#listener.connected()
  }

  #lost(): void {
    if (this.#up) {
      this.#up = false
      this.#listener.disconnected()
    } else if (!this.#judged) {
      // a socket of the wrong type, as the proxy's other side is, is sent away without any event of its own
      this.#refused('hung-up')
    }
    if (!this.#resting) this.#again(patience)
  }

  #refused(kind: RefusalKind, cause?: unknown): void {
    this.#judged = true
    if (this.#resting || this.#socket.closed) return
    if (kind === 'hung-up') {
      this.#hungUp += 1
      if (this.#hungUp <= benefitOfDoubt) return
    }
    this.#resting = true
    // 0MQ itself would try several times a second, for ever
    this.#disconnect()
    this.#again(pace)
    const now = performance.now()
    if (this.#said?.kind === kind && now - this.#said.at < reminder) return
    this.#said = { kind, at: now }
    this.#listener.refused(explainRefusal({ ...this.#connection, kind, cause }))
  }

  #again(delay: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#socket.closed) return
      this.#resting = false
      this.#disconnect()
      this.#socket.connect(this.#connection.address)
    }, delay).unref()
  }

  #disconnect(): void {
    try {
      this.#socket.disconnect(this.#connection.address)
    } catch {
      // it is gone already, which is why this is done
    }
  }
}
