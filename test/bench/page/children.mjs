import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

import { at } from '../lib/paths.mjs'

/** Starts a program of the benches. */
export function start(file, [script, ...args]) {
  return spawn(file, [at(`test/bench/${script}`), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
}

/** Ends it; resolves when it has gone. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** What it prints, by lines. */
export function lines(child) {
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]()
}

/** A port that is free. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}
