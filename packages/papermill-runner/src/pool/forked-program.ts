import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Readable } from 'node:stream'

import type { Environment } from '../process/environment.js'
import type { ProcessEnd, RunningProgram } from '../process/running-program.js'

/** The sockets in a process's own folder by which it calls its host, as `forked_runner.py` has them. */
const NAMES = ['line', 'log'] as const

/** Bytes for the path of a socket: 108 on Linux, with the zero at its end. */
const LONGEST_PATH = 107

/** How a forked process ended, as its parent saw it. */
export interface SeenEnd extends ProcessEnd {
  /** What it left and could not be ended. */
  readonly left: readonly number[]
}

/** What a process that is forked calls: sockets that stand for the pipes to one that Node has started. */
export class ForkedCall {
  readonly #servers: readonly Server[]
  readonly #sockets: Promise<Socket[]>

  private constructor(servers: readonly Server[]) {
    this.#servers = servers
    this.#sockets = Promise.all(
      servers.map(async (server) => (await once(server, 'connection'))[0] as Socket),
    )
  }

  /** Listens in a folder that the process will have. Throws an Error where that has too long a name. */
  static async listen(folder: string): Promise<ForkedCall> {
    const paths = NAMES.map((name) => join(folder, name))
    if (paths.some((path) => Buffer.byteLength(path) > LONGEST_PATH)) {
      throw new Error(`the path of the temporary folder is too long for sockets: ${folder}`)
    }
    const servers = paths.map((path) => createServer().listen(path))
    await Promise.all(servers.map((server) => once(server, 'listening')))
    return new ForkedCall(servers)
  }

  /** The process that has called, as a program that runs. `seen` tells its end. */
  async accept(
    pid: number,
    environment: Environment,
    seen: Promise<SeenEnd>,
  ): Promise<RunningProgram> {
    const [line, log] = (await this.#sockets) as [Socket, Socket]
    this.close()
    return {
      pid,
      environment,
      stdin: line,
      stdout: linesOf(line),
      stderr: log,
      ended: seen,
      endStrays: async () => [...(await seen).left],
    }
  }

  /** Resolves when the process has called, and its line is closed again. */
  async over(): Promise<void> {
    const [line] = (await this.#sockets) as [Socket, Socket]
    if (!line.closed) await once(line, 'close')
  }

  /** Is not for a process any more that could not be had. */
  abandon(): void {
    this.close()
    void this.#sockets.then((sockets) => sockets.map((socket) => socket.destroy()))
  }

  /** Listens no more. */
  close(): void {
    for (const server of this.#servers) server.close()
  }
}

/**
 * What is read from a socket until it closes. One that is reset, because the process did not read an order
 * before it ended, has no end of its own.
 */
function linesOf(socket: Socket): Readable {
  const lines = new PassThrough()
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => lines.write(chunk))
  socket.once('close', () => lines.end())
  return lines
}
