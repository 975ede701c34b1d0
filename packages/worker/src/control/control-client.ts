import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

import { fromLosslessJson } from '@prompt-papermill/core'

import { operatorHeader, operatorName } from '../operations/operator.js'

/** The control socket's file below the state folder. */
const socketName = 'control.sock'

/** The control socket of a state folder. */
export function controlSocket(state: string): string {
  return join(state, socketName)
}

/** Nobody answers on a control socket: no worker runs there, or it may not be reached. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError'
}

/** The worker answered that it can't do what was asked. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
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

/**
 * Asks the running worker.
 *
 * @throws NoWorkerError or RefusedError, with what to do.
 */
export async function getJson(state: string, path: string): Promise<unknown> {
  return fromLosslessJson(await text(await answered(state, 'GET', path)))
}

/** Posts to the running worker; as {@link getJson}. */
export async function postJson(state: string, path: string, body: object): Promise<unknown> {
  const response = await answered(state, 'POST', path, JSON.stringify(body))
  return fromLosslessJson(await text(response))
}

/** Posts to the running worker; yields the JSON lines of its answer as they come. As {@link getJson}. */
export async function* postLines(
  state: string,
  path: string,
  body: object,
): AsyncGenerator<unknown, void, undefined> {
  const response = await answered(state, 'POST', path, JSON.stringify(body))
  try {
    for await (const line of createInterface({ input: response })) {
      if (line !== '') yield fromLosslessJson(line)
    }
  } catch (cause) {
    throw brokenOff(response, cause)
  } finally {
    response.destroy()
  }
}

/** What went wrong while an answer was read: most likely the worker's end. */
function brokenOff(response: IncomingMessage, cause: unknown): Error {
  if (response.complete) return cause as Error
  return new Error('the worker ended before it had answered all; start it, and see what it says', {
    cause,
  })
}

/** The answer, if it is a good one. */
async function answered(
  state: string,
  method: string,
  path: string,
  body?: string,
): Promise<IncomingMessage> {
  let response: IncomingMessage
  try {
    response = await call(state, method, path, body)
  } catch (error) {
    throw noWorker(state, error as NodeJS.ErrnoException)
  }
  if (response.statusCode === 200) return response
  throw new RefusedError(await reasonOf(response, path))
}

async function reasonOf(response: IncomingMessage, path: string): Promise<string> {
  const answer = await text(response)
  try {
    const { error } = JSON.parse(answer) as { error?: unknown }
    if (typeof error === 'string') return error
  } catch {
    // another version's answer
  }
  return `the worker answered ${response.statusCode ?? ''} to ${path}; is it of the same version?`
}

function noWorker(state: string, cause: NodeJS.ErrnoException): NoWorkerError {
  const socket = controlSocket(state)
  const message =
    cause.code === 'EACCES' || cause.code === 'EPERM'
      ? `${socket} may not be opened: it belongs to the worker's user. Do this as that user, with sudo -u`
      : `no worker runs on ${state} (${cause.code ?? cause.message} at ${socket}). Start it with \`prompt-papermill run\`; \`jobs\` and \`runs\` work without it`
  return new NoWorkerError(message, { cause })
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
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          [operatorHeader]: encodeURIComponent(operatorName()),
        },
      },
      resolve,
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
