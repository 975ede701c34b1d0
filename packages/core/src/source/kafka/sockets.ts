import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

import type { ISocketFactory } from 'kafkajs'

/** As kafkajs has it, in milliseconds. */
const keepAlive = 60_000

/**
 * The connections of one client, so that they can be closed for good: a consumer of kafkajs that is told to
 * disconnect while it starts again does not hear it, joins its group, and keeps the program from ending.
 */
export class Sockets {
  readonly #open = new Set<Socket>()
  #closed = false

  /** Makes a connection, as kafkajs's own factory does. Throws once they are closed. */
  readonly factory: ISocketFactory = ({ host, port, onConnect, ...args }) => {
    // without TLS there is none, whatever the type says
    const ssl = args.ssl as ConnectionOptions | undefined
    if (this.#closed) throw new Error('the source is stopped')
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connect({ host, port }, onConnect)
    socket.setKeepAlive(true, keepAlive)
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** Closes all that there are, and lets no more be made. */
  close(): void {
    this.#closed = true
    for (const socket of this.#open) socket.destroy()
  }
}
