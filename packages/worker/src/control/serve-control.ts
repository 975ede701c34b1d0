import { rm } from 'node:fs/promises'

import type { Hono } from 'hono'

import { type Listening, serve } from '../http/server.js'
import { controlSocket } from './control-client.js'

/** The longest path that a socket file may have, in bytes; Linux's limit less the final zero. */
const maxPath = 107

/**
 * Serves the control socket of a state folder. A socket that a killed worker left behind is replaced: that
 * nobody is behind it was found out before.
 *
 * @throws Error if the state folder's path is too long for a socket.
 */
export async function serveControl(app: Hono, state: string): Promise<Listening> {
  const path = controlSocket(state)
  if (Buffer.byteLength(path) > maxPath) {
    throw new Error(
      `${path} is longer than the ${maxPath} bytes that a socket's path may have; choose a shorter \`state\``,
    )
  }
  await rm(path, { force: true })
  return serve(app, { path })
}
