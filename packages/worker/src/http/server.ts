import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'

import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'

/** Where a server listens: a TCP address, or a socket file. */
export type ListenAt = { readonly host: string; readonly port: number } | { readonly path: string }

/** A server that listens. */
export interface Listening {
  /** The TCP port, also where 0 was asked for; null for a socket file. */
  readonly port: number | null
  close(): Promise<void>
}

/**
 * Serves an app. A socket file gets mode 0600, so that only the worker's user can operate it.
 *
 * @throws the error of `listen`, such as `EADDRINUSE`.
 */
export async function serve(app: Hono, at: ListenAt): Promise<Listening> {
  const listener = getRequestListener(app.fetch)
  const server = createServer((request, response) => void listener(request, response))
  await listen(server, at)
  if ('path' in at) await chmod(at.path, 0o600)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : null,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      if ('path' in at) await rm(at.path, { force: true })
    },
  }
}

async function listen(server: Server, at: ListenAt): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
