import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { at, python } from './paths.mjs'

/** A Python program that answers each line on its stdin with one line, and first says something by itself. */
export class PythonLoop {
  #child
  #lines

  /** @param script - below test/bench. */
  constructor(script, ...args) {
    this.#child = spawn(python, [at(`test/bench/${script}`), ...args.map(String)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** The next line; throws if the program has ended. */
  async read() {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the Python program has ended: see above')
    return value
  }

  async ask(line) {
    this.#child.stdin.write(`${line}\n`)
    return this.read()
  }

  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.stdin.end()
    await ended
  }
}
