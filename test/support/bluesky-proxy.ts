import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { python, root } from './python.js'

/** Below those that Linux and macOS give to outgoing connections: one of them may take a server's while it restarts. */
const ports = { first: 10_000, last: 32_000 }

/** A port of the loopback address that was free just now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(ports.first, ports.last)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue
      throw error
    }
    server.close()
    await once(server, 'close')
    return port
  }
}

/** The real `bluesky-0MQ-proxy`, from one address to another. */
export class BlueskyProxy {
  readonly #process: ChildProcess

  constructor(from: string, to: string) {
    const program = join(root, '.venv/bin/bluesky-0MQ-proxy')
    const addresses = ['--in-address', from, '--out-address', to]
    this.#process = spawn(program, addresses, { stdio: 'ignore' })
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }
}

/** Python's own publisher, which sends two runs of a RunEngine once it is told that somebody receives. */
export class TwoRuns {
  readonly #process: ChildProcess

  constructor(address: string, prefix = '') {
    const program = join(root, 'test/fixtures/publishers/two_runs.py')
    const stdio = ['pipe', 'ignore', 'inherit'] as const
    this.#process = spawn(python, [program, address, prefix], { stdio: [...stdio] })
  }

  /** Tells it that a probe has come; resolves with its exit code when both runs are sent. */
  async go(): Promise<number> {
    const exit = once(this.#process, 'exit') as Promise<[number]>
    this.#process.stdin?.end('\n')
    return (await exit)[0]
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }
}
