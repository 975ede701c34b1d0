import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, openSync, closeSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { getJson, isWorkerReady } from '../../packages/worker/src/control/control-client.ts'
import { cli, emptyNotebook } from '../support/command-line.ts'
import { python } from '../support/python.ts'

/** The variable by which all processes of one life of a worker are found. */
const marker = 'PROMPT_PAPERMILL_CRASH_TEST'

/** What a quick action of the test does: it takes a while, and leaves a file and a line. */
const quickAction = `
import { appendFile, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
export default {
  name: 'quick',
  async run(run, { resultsDir, parameters }) {
    await setTimeout(Math.random() * 200)
    await writeFile(resultsDir + '/effect.txt', run.uid.repeat(1000))
    await setTimeout(Math.random() * 200)
    await appendFile(parameters.log, run.uid + '\\n')
    return { state: 'succeeded' }
  },
}
`

/** It takes long enough to be killed in. */
const shortNotebook = emptyNotebook.replace(
  'documents = \\"\\"',
  "$&\\nimport time\\nopen('begun.txt', 'w').close()\\ntime.sleep(0.7)",
)

/** What is otherwise than usual. */
export interface LivesOptions {
  readonly state?: string
  readonly results?: string
  /** In place of the Python of the tests. */
  readonly python?: string
  /** More of the worker's environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** A deployment whose worker lives several times. */
export class WorkerLives {
  readonly folder: string
  readonly state: string
  readonly results: string
  readonly config: string
  /** A line for each time that the quick action came to its end. */
  readonly effects: string
  /** How often a worker was killed, and how long at most anything of it lived on, in milliseconds. */
  kills = 0
  slowestEnd = 0
  #child: ChildProcess | undefined
  #mark = ''

  readonly #env: Readonly<Record<string, string>>

  private constructor(folder: string, { state, results, env }: LivesOptions) {
    this.folder = folder
    this.state = state ?? join(folder, 'state')
    this.results = results ?? join(folder, 'results')
    this.#env = env ?? {}
    this.config = join(folder, 'worker.yml')
    this.effects = join(folder, 'effects.log')
  }

  static async at(
    folder: string,
    address: string,
    options: LivesOptions = {},
  ): Promise<WorkerLives> {
    const lives = new WorkerLives(folder, options)
    const templates = join(folder, 'templates')
    await mkdir(templates)
    await mkdir(join(folder, 'tmp'))
    await writeFile(lives.effects, '')
    await writeFile(join(templates, 'short.ipynb'), shortNotebook)
    await writeFile(join(folder, 'quick.mjs'), quickAction)
    const config = `
source: { address: "${address}" }
templates: ${templates}
results: ${lives.results}
state: ${lives.state}
python: ${options.python ?? python}
http: false
shutdown: { grace: 30s }
kernels: { warm: 1, preload: [] }
retry: { attempts: 2, on: [kernel-died], delay: 100ms }
actions: { quick: ${join(folder, 'quick.mjs')} }
rules:
  - name: quick
    when: { plan_name: quick }
    actions: [{ use: quick, parameters: { log: ${lives.effects} } }]
  - name: notebook
    when: { plan_name: notebook }
    notebooks: [{ template: short.ipynb }]
`
    await writeFile(lives.config, config)
    return lives
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts the worker; resolves when it receives. */
  async begin(): Promise<void> {
    this.#mark = randomUUID()
    mkdirSync(this.folder, { recursive: true })
    // a file, so that nothing is lost with the one that reads
    const log = openSync(this.logFile, 'a')
    this.#child = spawn(process.execPath, [cli, 'run', '-c', this.config], {
      stdio: ['ignore', 'ignore', log],
      env: {
        ...process.env,
        [marker]: this.#mark,
        TMPDIR: join(this.folder, 'tmp'),
        ...this.#env,
      },
    })
    closeSync(log)
    while (!(await isWorkerReady(this.state))) {
      if (this.#child.exitCode !== null) {
        throw new Error(`the worker ended by itself: ${await this.log()}`)
      }
      await pause(20)
    }
  }

  /** Ends it with SIGKILL; resolves when it is dead, with what resolves once all that it started is. */
  async kill(): Promise<{ readonly gone: Promise<void> }> {
    await this.#end('SIGKILL')
    this.kills += 1
    return { gone: this.#gone(this.#mark) }
  }

  /** Ends it as a supervisor does; resolves with its exit code when nothing is left of it. */
  async stop(): Promise<number | null> {
    await this.#end('SIGTERM')
    await this.#gone(this.#mark)
    return this.#child?.exitCode ?? null
  }

  /** Ends the Python program that runs a notebook, and leaves those that wait for one. */
  async killPython(): Promise<void> {
    const found = await processesWith(`${marker}=${this.#mark}`)
    const pids = found
      .filter((line) => line.includes('prompt_papermill_runner'))
      .map((line) => Number.parseInt(line, 10))
    for (const pid of pids) process.kill(pid, 'SIGKILL')
  }

  /** How the worker says it is. */
  health(): Promise<unknown> {
    return getJson(this.state, '/healthz')
  }

  /** What all lives have logged, the last lines of it. */
  async log(): Promise<string> {
    return (await readFile(this.logFile, 'utf8')).slice(-20_000)
  }

  get logFile(): string {
    return join(this.folder, 'worker.log')
  }

  /** For the end of a test that failed. */
  async dispose(): Promise<void> {
    if (this.#child) await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child as ChildProcess
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }

  /** Resolves when no process has a life's mark; after ten seconds it never will. */
  async #gone(mark: string): Promise<void> {
    const began = performance.now()
    for (;;) {
      const left = await processesWith(`${marker}=${mark}`)
      const passed = performance.now() - began
      this.slowestEnd = Math.max(this.slowestEnd, passed)
      if (left.length === 0) return
      if (passed > 10_000) throw new Error(`these outlived their worker: ${left.join('; ')}`)
      await pause(50)
    }
  }
}

/** The command lines of the processes with a variable in their environment. */
async function processesWith(variable: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
        if (!environment.split('\0').includes(variable)) return null
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
        return `${pid} ${command.replaceAll('\0', ' ')}`
      } catch {
        // it ended while we looked
        return null
      }
    }),
  )
  return found.filter((each) => each !== null)
}
