import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { execa } from 'execa'

import type { EnvironmentChanges } from './environment.js'
import { environmentChanges, environmentNow } from './environment.js'
import type { ProcessNeeds, WarmNeeds } from './kernel-source.js'
import { pythonProgram } from './python-program.js'
import type { EndOrder, RunnerEvent } from './runner-event.js'
import { killIfThere, ProcessMark } from './strays.js'

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** Why it could not be started at all. */
  readonly error?: NodeJS.ErrnoException
}

/** How long the output may stay open after the process is gone: until what it left is ended. */
const OUTPUT_CLOSES_MS = 1_000

/**
 * One Python process with papermill, in its own session, that runs one notebook.
 *
 * It says what happens as {@link RunnerEvent}s and takes one job. Dispose of it whatever happened:
 * that ends it with all that it has started, and removes its folder.
 */
export class NotebookProcess {
  readonly events: AsyncIterable<RunnerEvent>
  /** What the process and its kernel print. Must be read, or they come to a halt. */
  readonly stderr: Readable
  readonly ended: Promise<ProcessEnd>
  /** Whether it was started before its job was known, and may have died before it came. */
  readonly startedAhead: boolean
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #mark: ProcessMark
  readonly #scratch: string
  readonly #stdin: Writable
  readonly #lines: Interface
  readonly #read: AsyncGenerator<RunnerEvent>
  readonly #pid: number | undefined
  #end: ProcessEnd | undefined
  #first: Promise<RunnerEvent | undefined> | undefined

  private constructor(needs: ProcessNeeds, warm: WarmNeeds | undefined, scratch: string) {
    this.#scratch = scratch
    this.#mark = new ProcessMark()
    this.startedAhead = warm !== undefined
    this.#environment = environmentNow(needs.env)
    const warmth = warm === undefined ? [] : [JSON.stringify(warm)]
    const subprocess = execa(needs.python, [pythonProgram, 'run', scratch, ...warmth], {
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      stdin: 'pipe',
      env: { ...needs.env, ...this.#mark.env },
    })
    this.#pid = subprocess.pid
    this.#stdin = subprocess.stdin
    // a process that has gone does not read; its end says the rest
    this.#stdin.on('error', () => undefined)
    this.stderr = subprocess.stderr
    this.#lines = createInterface({ input: subprocess.stdout })
    // from now on: a process started ahead says that it is ready before anybody asks
    this.#read = readEvents(this.#lines[Symbol.asyncIterator]())
    this.events = this.#allEvents()
    this.ended = new Promise<ProcessEnd>((resolve) => {
      subprocess.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
      subprocess.once('error', (error) => resolve({ exitCode: null, signal: null, error }))
    }).then((end) => (this.#end = end))
  }

  /** Starts a process. That it could not be started is told by {@link NotebookProcess.ended}. */
  static async start(needs: ProcessNeeds, warm?: WarmNeeds): Promise<NotebookProcess> {
    return new NotebookProcess(needs, warm, await mkdtemp(join(tmpdir(), 'papermill-')))
  }

  /** Its first event, which {@link NotebookProcess.events} tells as well; undefined if it has none. */
  first(): Promise<RunnerEvent | undefined> {
    this.#first ??= this.#read.next().then(({ value, done }) => (done ? undefined : value))
    return this.#first
  }

  /** What has to change in its environment for a job that wants these variables. */
  changesFor(env: Readonly<Record<string, string>>): EnvironmentChanges {
    return environmentChanges(this.#environment, environmentNow(env))
  }

  /** Hands over the job: one line of JSON. */
  run(job: string): void {
    this.#stdin.write(`${job}\n`)
  }

  /** Tells the process to end its notebook. */
  order(order: EndOrder): void {
    this.#stdin.write(`${JSON.stringify(order)}\n`)
  }

  /** Closes the line to the process, which then ends itself with all that it has started. */
  closeInput(): void {
    this.#stdin.end()
  }

  /** Ends the process at once. What it started ends with {@link NotebookProcess.dispose}. */
  kill(): void {
    if (this.#pid !== undefined && this.#end === undefined) killIfThere(-this.#pid)
  }

  /**
   * Waits `patience` milliseconds for the process to exit by itself, then ends it and all that it
   * started. Returns the ids of processes that could not be ended (stuck in the operating system).
   */
  async dispose(patience: number): Promise<number[]> {
    const timer = setTimeout(() => this.kill(), patience)
    const end = await this.ended
    clearTimeout(timer)
    // one that exits by itself has ended its children and removed its folder
    const left = end.exitCode === 0 ? [] : await this.#mark.end()
    if (!this.stderr.closed) {
      await Promise.race([once(this.stderr, 'close'), sleep(OUTPUT_CLOSES_MS)])
      this.stderr.destroy()
    }
    this.#lines.close()
    await rm(this.#scratch, { recursive: true, force: true })
    return left
  }

  async *#allEvents(): AsyncGenerator<RunnerEvent> {
    const first = await this.first()
    if (first === undefined) return
    yield first
    yield* this.#read
  }
}

async function* readEvents(lines: AsyncIterable<string>): AsyncGenerator<RunnerEvent> {
  for await (const line of lines) {
    const event = parseEvent(line)
    if (event) yield event
  }
}

function parseEvent(line: string): RunnerEvent | undefined {
  try {
    return JSON.parse(line) as RunnerEvent
  } catch {
    // a process that was killed leaves part of a line, and its end tells the rest
    return undefined
  }
}
