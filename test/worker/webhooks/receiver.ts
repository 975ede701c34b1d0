import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { Webhook } from 'standardwebhooks'
import { onTestFinished, vi } from 'vitest'

/** A secret as `openssl rand -base64 32` makes one. */
export const secret = 'whsec_Y2hlcnJ5LXBpY2tlZC1mb3ItdGVzdHMtb25seS0zMg=='

/** Resolves once it holds, on a busy machine too. */
export function soon<T>(look: () => T): Promise<Awaited<T>> {
  return vi.waitFor(look, { timeout: 20_000, interval: 20 }) as Promise<Awaited<T>>
}

/** What a receiver got. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

type Answer = (response: ServerResponse, request: Received) => void

const taken: Answer = (response) => void response.writeHead(204).end()

/** Answers with a status. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end()

/** Never answers. */
export const hang: Answer = () => undefined

/** A real HTTP server that keeps what it gets, and answers as it is told. Goes when the test does. */
export class Receiver {
  readonly received: Received[] = []
  /** How the next requests are answered, one after the other; 204 when there is no more. */
  readonly answers: Answer[] = []
  /** How all that come after are answered. */
  always: Answer = taken

  private constructor(readonly url: string) {}

  static async start(): Promise<Receiver> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const received = { path: request.url ?? '', headers: request.headers, body }
        receiver.received.push(received)
        ;(receiver.answers.shift() ?? receiver.always)(response, received)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const receiver = new Receiver(`http://127.0.0.1:${port}/hook`)
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    return receiver
  }

  /** Resolves once so many have come. */
  whenGot(count: number): Promise<readonly Received[]> {
    return soon(() => {
      if (this.received.length < count) throw new Error(`${this.received.length} came`)
      return this.received
    })
  }
}

/** What a request says, once its signature is verified as a receiver does. */
export function verified({ body, headers }: Received): Record<string, unknown> {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as Record<
    string,
    unknown
  >
}
