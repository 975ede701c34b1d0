import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { onTestFinished } from 'vitest'

import { freePort } from './bluesky-proxy.js'
import { temporaryFolder } from './temporary-folder.js'

const program = '/usr/bin/redis-server'

/** Whether Redis is installed: Debian's package redis-server. */
export const hasRedis = existsSync(program)

/** A real Redis with append-only file, on a port and in a folder of its own. */
export class RedisServer {
  readonly port: number
  readonly #folder: string
  readonly #options: readonly string[]
  #process: ChildProcess | undefined

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port
    this.#folder = folder
    this.#options = options
  }

  /**
   * Starts one that goes when the test does.
   *
   * @param options - of redis-server, such as `--requirepass secret`
   */
  static async start(...options: readonly string[]): Promise<RedisServer> {
    const server = await RedisServer.open(await temporaryFolder(), ...options)
    onTestFinished(() => server.kill())
    return server
  }

  /** Starts one in a folder; who opens it ends it. */
  static async open(folder: string, ...options: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), folder, options)
    await server.restart()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it, once more on the same port and with what it had. */
  async restart(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder]
    const durable = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', '']
    const child = spawn(program, [...args, ...durable, ...this.#options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process = child
    child.stdout.resume()
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`)
      await sleep(20)
    }
  }

  /** Ends it and starts it with nothing. */
  async loseAll(): Promise<void> {
    await this.kill()
    await rm(join(this.#folder, 'appendonlydir'), { recursive: true, force: true })
    await this.restart()
  }

  /** Ends it by SIGKILL; its file stays. */
  async kill(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Whether it answers, and has read its file. */
  async #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(this.port, '127.0.0.1')
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.write('PING\r\n'))
      socket.once('data', (answer) => {
        socket.destroy()
        // an error as well, where it asks for a password; not while it loads
        resolve(!answer.toString().startsWith('-LOADING'))
      })
    })
  }
}
