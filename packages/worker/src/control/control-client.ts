import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The control socket's file below the state folder. */
export const socketName = 'control.sock'

/** The control socket of a state folder. */
export function controlSocket(state: string): string {
  return join(state, socketName)
}

/** Whether a worker answers on a state folder's control socket. */
export async function isWorkerRunning(state: string): Promise<boolean> {
  try {
    const response = await call(state, 'GET', '/healthz')
    response.resume()
    return true
  } catch {
    // no socket, or nobody behind it: no worker
    return false
  }
}

/** Whether a worker answers there that it is ready: its sources are connected. */
export async function isWorkerReady(state: string): Promise<boolean> {
  try {
    const response = await call(state, 'GET', '/readyz')
    response.resume()
    return response.statusCode === 200
  } catch {
    // not there yet
    return false
  }
}

/** Posts to the running worker; yields the JSON lines of its answer as they come. */
export async function* postLines(
  state: string,
  path: string,
  body: unknown,
): AsyncGenerator<unknown, void, undefined> {
  const response = await call(state, 'POST', path, JSON.stringify(body))
  if (response.statusCode !== 200) {
    throw new Error(`the worker answered ${response.statusCode} to ${path}`)
  }
  for await (const line of createInterface({ input: response })) {
    if (line !== '') yield JSON.parse(line)
  }
}

async function call(
  state: string,
  method: string,
  path: string,
  body = '',
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath: controlSocket(state),
        method,
        path,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      resolve,
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
