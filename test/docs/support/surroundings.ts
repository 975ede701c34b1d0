import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'

import { BlueskyProxy, freePort } from '../../support/bluesky-proxy.js'
import { hasPython, python, root } from '../../support/python.js'
import type { Placing } from './workshop.js'

/**
 * What examples find where they say that it is:
 *
 * - `localhost:5577` and `localhost:5578`: a real `bluesky-0MQ-proxy`, in and out. A run of `count` passes
 *   through it five times a second;
 * - `localhost:5579`: another proxy's in address;
 * - `http://localhost:8000`: a server that takes what is posted to it.
 */
export class Surroundings implements Placing {
  readonly #proxies: readonly BlueskyProxy[]
  readonly #publisher: ChildProcess | undefined
  readonly #server: Server | undefined
  readonly #addresses: readonly (readonly [string, string])[]

  private constructor(
    proxies: readonly BlueskyProxy[],
    publisher: ChildProcess | undefined,
    server: Server | undefined,
    addresses: readonly (readonly [string, string])[],
  ) {
    this.#proxies = proxies
    this.#publisher = publisher
    this.#server = server
    this.#addresses = addresses
  }

  /** Nothing is there; addresses stay as they are. */
  static none(): Surroundings {
    return new Surroundings([], undefined, undefined, [])
  }

  static async open(): Promise<Surroundings> {
    const [into, out, into2, out2] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ]
    const address = (port: number): string => `tcp://127.0.0.1:${port}`
    const proxies = hasPython
      ? [
          new BlueskyProxy(address(into), address(out)),
          new BlueskyProxy(address(into2), address(out2)),
        ]
      : []
    const program = join(root, 'test/docs/support/publish_counts.py')
    const stdio = ['pipe', 'ignore', 'inherit'] as const
    const publisher = hasPython
      ? spawn(python, [program, `127.0.0.1:${into}`], { stdio: [...stdio] })
      : undefined
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end('{}'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    return new Surroundings(proxies, publisher, server, [
      ['localhost:5577', `127.0.0.1:${into}`],
      ['localhost:5578', `127.0.0.1:${out}`],
      ['localhost:5579', `127.0.0.1:${into2}`],
      ['http://localhost:8000', `http://127.0.0.1:${port}`],
    ])
  }

  /** Text with what is really there in place of the addresses that it names. */
  place(text: string): string {
    return this.#addresses.reduce((placed, [named, real]) => placed.replaceAll(named, real), text)
  }

  async close(): Promise<void> {
    this.#server?.close()
    if (this.#publisher && this.#publisher.exitCode === null) {
      const gone = once(this.#publisher, 'exit')
      this.#publisher.stdin?.end()
      await gone
    }
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()))
  }
}
