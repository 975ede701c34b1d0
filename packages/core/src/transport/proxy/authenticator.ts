import type { Context, Reply } from 'zeromq'

import type { ProxySide } from '../../source/remote-dispatcher/refusal.js'
import { ClientKeys } from './client-keys.js'
import type { ServerCurveFiles } from './options.js'
import { z85 } from './z85.js'

/** Where 0MQ asks whether a client may come in (its RFC 27). */
const address = 'inproc://zeromq.zap.01'

/** Whom one side serves. */
interface Door {
  readonly keys: ClientKeys | undefined
  readonly allow: ReadonlySet<string> | undefined
}

/** Told why a client was turned away. */
export type TurnedAway = (side: ProxySide, reason: string) => void

/**
 * Decides by key and IP address which clients the sockets of a context serve. Mirrors
 * `zmq.auth.thread.ThreadAuthenticator`; unlike with that, one is enough for both sides of a proxy.
 */
export class Authenticator {
  readonly #socket: Reply
  readonly #doors: ReadonlyMap<string, Door>
  readonly #turnedAway: TurnedAway
  #answering: Promise<void> = Promise.resolve()

  private constructor(socket: Reply, doors: ReadonlyMap<string, Door>, turnedAway: TurnedAway) {
    this.#socket = socket
    this.#doors = doors
    this.#turnedAway = turnedAway
  }

  /**
   * Opens it for the sides that have CURVE; their sockets' `zapDomain` is the side's name.
   *
   * @throws BlueskyError `bad-file` if a folder of client keys can't be read.
   */
  static async open(
    context: Context,
    curves: Partial<Record<ProxySide, ServerCurveFiles | undefined>>,
    turnedAway: TurnedAway,
  ): Promise<Authenticator> {
    const doors = new Map<string, Door>()
    for (const [side, curve] of Object.entries(curves)) {
      if (!curve) continue
      const keys = curve.clientKeys === undefined ? undefined : new ClientKeys(curve.clientKeys)
      await keys?.read()
      doors.set(side, { keys, allow: curve.allow && new Set(curve.allow) })
    }
    const { Reply } = await import('zeromq')
    const socket = new Reply({ context, linger: 0 })
    await socket.bind(address)
    const authenticator = new Authenticator(socket, doors, turnedAway)
    authenticator.#answering = authenticator.#answer()
    return authenticator
  }

  /** Ends it; afterwards no client is let in. */
  async close(): Promise<void> {
    this.#socket.close()
    await this.#answering
  }

  async #answer(): Promise<void> {
    try {
      for await (const [version, id, domain, from, , , credentials] of this.#socket) {
        const side = String(domain) as ProxySide
        const key = credentials?.length === 32 ? z85(credentials) : null
        const reason = await this.#objection(side, String(from), key)
        const status = reason === null ? ['200', 'OK'] : ['400', 'not allowed']
        await this.#socket.send([version ?? '', id ?? '', ...status, key ?? '', ''])
        if (reason !== null) this.#turnedAway(side, reason)
      }
    } catch (error) {
      if (!this.#socket.closed) throw error
    }
  }

  /** Why a client is not served, or null. */
  async #objection(side: string, from: string, key: string | null): Promise<string | null> {
    const door = this.#doors.get(side)
    if (!door || key === null) return `a client at ${from} came without CURVE`
    if (door.allow && !door.allow.has(from)) {
      return `a client at ${from} was refused: its address is not among those allowed`
    }
    try {
      if (!door.keys || (await door.keys.has(key))) return null
    } catch (error) {
      return `a client at ${from} was refused: ${(error as Error).message}`
    }
    return `a client at ${from} was refused: its key, "${key}", is not among the client keys; put its .key file there`
  }
}
