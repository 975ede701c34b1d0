import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

import { root } from '../../support/python.js'
import type { Example } from './example.js'
import { type Expected, expectedPrints, misprint } from './prints.js'
import { type Bench, programs } from './workshop.js'

/** How long an example may take, in milliseconds. */
const longest = 30_000
/** How long a service may take to end when it is told to. */
const longestEnding = 10_000

/** What an example has done so far. */
class Performance {
  readonly prints = new Map<number, string[]>()
  evaluated = false
  said = ''
  exit: string | null = null
  readonly #child: ChildProcess
  readonly #watchers = new Set<() => void>()

  constructor(child: ChildProcess, told: Readable) {
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.said += text))
    }
    createInterface({ input: told }).on('line', (line) => {
      const what = JSON.parse(line) as { line?: number; text?: string }
      if (what.line === undefined) this.evaluated = true
      else this.prints.set(what.line, [...(this.prints.get(what.line) ?? []), what.text ?? ''])
      this.#changed()
    })
    child.once('close', (code, signal) => {
      this.exit = signal ?? String(code)
      this.#changed()
    })
  }

  /** Resolves with true once `enough` holds, with false if it does not within that time. */
  async until(enough: () => boolean, milliseconds: number): Promise<boolean> {
    if (enough()) return true
    return new Promise((resolve) => {
      const finish = (held: boolean): void => {
        clearTimeout(timer)
        this.#watchers.delete(look)
        resolve(held)
      }
      const look = (): void => {
        if (enough()) finish(true)
      }
      const timer = setTimeout(() => finish(false), milliseconds)
      this.#watchers.add(look)
    })
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.exit !== null) return
    const closed = once(this.#child, 'close')
    this.#child.kill(signal)
    await closed
  }

  stop(): void {
    this.#child.kill('SIGTERM')
  }

  #changed(): void {
    for (const look of this.#watchers) look()
  }
}

function begin({ folder, program }: Bench): Performance {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(root, 'test/docs/support/run-example.mjs'), program],
    {
      cwd: folder,
      env: {
        PATH: [programs, process.env.PATH].join(delimiter),
        HOME: process.env.HOME,
        TMPDIR: join(folder, 'tmp'),
        TZ: 'UTC',
        TILED_API_KEY: 'secret',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  )
  return new Performance(child, child.stdio[3] as Readable)
}

/**
 * Runs an example in a process of its own.
 *
 * @returns what is wrong with it; empty if nothing is.
 */
export async function perform(example: Example, bench: Bench): Promise<readonly string[]> {
  const expected = expectedPrints(example.code)
  const performance = begin(bench)
  try {
    return example.manner.kind === 'keeps-running'
      ? await asService(performance, expected)
      : await asProgram(performance, expected)
  } finally {
    await performance.end('SIGKILL')
  }
}

async function asProgram(performance: Performance, expected: readonly Expected[]) {
  if (!(await performance.until(() => performance.exit !== null, longest))) {
    return [
      `it has not ended after ${longest / 1000} s${performance.evaluated ? '; if it should not, its fence says "keeps-running"' : ''}`,
      ...printed(performance, expected, false),
    ]
  }
  return [...ended(performance, ['0']), ...printed(performance, expected, false)]
}

async function asService(performance: Performance, expected: readonly Expected[]) {
  const good = () =>
    performance.exit !== null ||
    (performance.evaluated && printed(performance, expected, true).length === 0)
  await performance.until(good, longest)
  // one that has nothing left to do ends about now
  await performance.until(() => performance.exit !== null, 500)
  const wrong = printed(performance, expected, true)
  if (performance.exit !== null) {
    return [`it should keep running, and has ended`, ...ended(performance, ['0']), ...wrong]
  }
  if (!performance.evaluated) wrong.push('not all of it is evaluated: it waits')
  performance.stop()
  if (!(await performance.until(() => performance.exit !== null, longestEnding))) {
    return [...wrong, `SIGTERM has not ended it within ${longestEnding / 1000} s`]
  }
  return [...wrong, ...ended(performance, ['0', 'SIGTERM'])]
}

function ended({ exit, said }: Performance, good: readonly string[]): string[] {
  return exit !== null && good.includes(exit) ? [] : [`it ended with ${exit}, and said:\n${said}`]
}

function printed({ prints }: Performance, expected: readonly Expected[], open: boolean): string[] {
  return expected
    .map((each) => misprint(each, prints.get(each.line) ?? [], open))
    .filter((wrong) => wrong !== null)
}
