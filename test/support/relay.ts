import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

import { onTestFinished } from 'vitest'

/** A TCP connection to somewhere that can go silent, as one does whose cable is pulled. Goes when the test does. */
export class Relay {
  readonly #sockets = new Set<Socket>()
  /** `127.0.0.1:PORT`. */
  readonly address: string

  private constructor(address: string) {
    this.address = address
  }

  /** @param to - `host:port`. */
  static async to(to: string): Promise<Relay> {
    const [host, port] = to.split(':') as [string, string]
    const server = createServer((socket) => relay.#join(socket, connect(Number(port), host)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const relay: Relay = new Relay(`127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      for (const socket of relay.#sockets) socket.destroy()
      server.close()
    })
    return relay
  }

  /** Lets nothing through any more on the connections that there are, and tells nobody; new ones work. */
  goSilent(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  #join(one: Socket, other: Socket): void {
    for (const socket of [one, other]) this.#sockets.add(socket.on('error', () => socket.destroy()))
    one.pipe(other).pipe(one)
  }
}
