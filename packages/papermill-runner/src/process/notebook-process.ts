import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Environment, EnvironmentChanges } from './environment.js'
import { changesTo, environmentChanges, environmentNow } from './environment.js'
import type { ProcessNeeds, WarmNeeds } from './process-needs.js'
import type { EndOrder, RunnerEvent } from './runner-event.js'
import type { ProcessEnd, RunningProgram } from './running-program.js'
import { startProgram } from './running-program.js'
import { killIfThere } from './strays.js'

/** What there is to know of a process besides what runs. */
interface Circumstances {
  readonly scratch: string
  readonly startedAhead: boolean
  readonly launched: boolean
}

/** How long the output may stay open after the process is gone: until what it left is ended. */
const OUTPUT_CLOSES_MS = 1_000

/** How long a launcher has to end what it started, after SIGTERM, before it is killed itself. */
const LAUNCHER_ENDS_MS = 3_000

/**
 * One Python process with papermill, in its own session, that runs one notebook.
 *
 * It says what happens as {@link RunnerEvent}s and takes one job. Dispose of it whatever happened:
 * that ends it with all that it has started, and removes its folder.
 */
export class NotebookProcess {
  /** What happens, one after the other; ends with the process. To be read once. */
  readonly events: AsyncIterable<RunnerEvent>
  /** What the process and its kernel print. Must be read, or they come to a halt. */
  readonly stderr: Readable
  /** Resolves when the process is gone, and says how it went. */
  readonly ended: Promise<ProcessEnd>
  /** Whether it was started before its job was known, and may have died before it came. */
  readonly startedAhead: boolean
  /** Told of lines between the events that are none: of a launcher that mixes the two outputs. */
  onStrayLine: (line: string) => void = () => undefined
  readonly #launched: boolean
  readonly #program: RunningProgram
  readonly #scratch: string
  readonly #lines: Interface
  readonly #read: AsyncGenerator<RunnerEvent>
  #end: ProcessEnd | undefined
  #first: Promise<RunnerEvent | undefined> | undefined
  #disposal: Promise<number[]> | undefined

  private constructor(program: RunningProgram, circumstances: Circumstances) {
    this.#program = program
    this.#scratch = circumstances.scratch
    this.startedAhead = circumstances.startedAhead
    this.#launched = circumstances.launched
    this.stderr = program.stderr
    this.#lines = createInterface({ input: program.stdout })
    // from now on: a process started ahead says that it is ready before anybody asks
    this.#read = this.#readEvents(this.#lines[Symbol.asyncIterator]())
    this.events = this.#allEvents()
    this.ended = program.ended.then((end) => (this.#end = end))
  }

  /** Starts a process. That it could not be started is told by {@link NotebookProcess.ended}. */
  static async start(needs: ProcessNeeds, warm?: WarmNeeds): Promise<NotebookProcess> {
    const scratch = await makeScratch()
    const launched = (needs.launcher ?? []).length > 0
    const startedAhead = warm !== undefined
    return new NotebookProcess(startProgram(needs, scratch, warm), {
      scratch,
      startedAhead,
      launched,
    })
  }

  /** Takes one that was forked, and has this folder. */
  static forked(program: RunningProgram, scratch: string): NotebookProcess {
    return new NotebookProcess(program, { scratch, startedAhead: true, launched: false })
  }

  /** Its first event, which {@link NotebookProcess.events} tells as well; undefined if it has none. */
  first(): Promise<RunnerEvent | undefined> {
    this.#first ??= this.#read.next().then(({ value, done }) => (done ? undefined : value))
    return this.#first
  }

  /** What has to change in its environment for a job that wants these variables. */
  changesFor(env: Environment): EnvironmentChanges {
    // what a launcher hands on of the environment is up to it
    if (this.#launched) return changesTo(env)
    return environmentChanges(this.#program.environment, environmentNow(env))
  }

  /** Hands over the job: one line of JSON. */
  run(job: string): void {
    this.#program.stdin.write(`${job}\n`)
  }

  /** Tells the process to end its notebook. */
  order(order: EndOrder): void {
    this.#program.stdin.write(`${JSON.stringify(order)}\n`)
  }

  /** Closes the line to the process, which then ends itself with all that it has started. */
  closeInput(): void {
    this.#program.stdin.end()
  }

  /**
   * Ends the process at once. What it started ends with {@link NotebookProcess.dispose}.
   *
   * A launcher gets SIGTERM and a moment: it has to take back what it asked of a batch system, where a
   * job would else wait in the queue, or run, for nobody.
   */
  kill(): void {
    const { pid } = this.#program
    if (pid === undefined || this.#end !== undefined) return
    killIfThere(-pid, this.#launched ? 'SIGTERM' : 'SIGKILL')
    if (!this.#launched) return
    const timer = setTimeout(() => killIfThere(-pid), LAUNCHER_ENDS_MS)
    void this.ended.then(() => clearTimeout(timer))
  }

  /**
   * Waits `patience` milliseconds for the process to exit by itself, then ends it and all that it
   * started. Returns the ids of processes that could not be ended (stuck in the operating system).
   * Once it has been called, the first call's answer is every call's.
   */
  dispose(patience: number): Promise<number[]> {
    return (this.#disposal ??= this.#dispose(patience))
  }

  /** What {@link NotebookProcess.dispose} will answer; undefined while it has not been called. */
  get disposal(): Promise<number[]> | undefined {
    return this.#disposal
  }

  async #dispose(patience: number): Promise<number[]> {
    const timer = setTimeout(() => this.kill(), patience)
    const end = await this.ended
    clearTimeout(timer)
    // one that exits by itself has ended its children and removed its folder; a launcher's code says little
    const left = end.exitCode === 0 && !this.#launched ? [] : await this.#program.endStrays()
    if (!this.stderr.closed) {
      await Promise.race([once(this.stderr, 'close'), sleep(OUTPUT_CLOSES_MS)])
      this.stderr.destroy()
    }
    this.#lines.close()
    await rm(this.#scratch, { recursive: true, force: true })
    return left
  }

  async *#readEvents(lines: AsyncIterable<string>): AsyncGenerator<RunnerEvent> {
    for await (const line of lines) {
      const event = parseEvent(line)
      if (event) yield event
      else this.onStrayLine(line)
    }
  }

  async *#allEvents(): AsyncGenerator<RunnerEvent> {
    const first = await this.first()
    if (first === undefined) return
    yield first
    yield* this.#read
  }
}

/** Makes a folder for one process alone. */
export function makeScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'papermill-'))
}

const EVENT_BEGINS = '{"event": "'

/** The event in a line, also behind what a launcher puts before each line (`srun --label`). */
function parseEvent(line: string): RunnerEvent | undefined {
  const begin = line.indexOf(EVENT_BEGINS)
  if (begin < 0) return undefined
  try {
    return JSON.parse(line.slice(begin)) as RunnerEvent
  } catch {
    // a process that was killed leaves part of a line, and its end tells the rest
    return undefined
  }
}
