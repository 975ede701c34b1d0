import type { Hono } from 'hono'

import type { WorkerLogger } from '../log/logger.js'
import { type Listening, serve } from './server.js'

/** Serves HTTP if it can be; if it can't, the worker goes on without it, since documents matter more. */
export async function serveHttp(
  app: Hono,
  at: { readonly host: string; readonly port: number },
  logger: WorkerLogger,
): Promise<Listening | null> {
  try {
    return await serve(app, at)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'another program has that port' : message
    logger.error(
      at,
      `http can't be served on ${at.host}:${at.port} (${why}); going on without it. Give another http.port, or http: false`,
    )
    return null
  }
}
