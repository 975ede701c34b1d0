import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { ActionContext, ActionResult, Logger, Progress } from '@prompt-papermill/core'
import { Run } from '@prompt-papermill/core'
import type { KernelPoolOptions, PapermillOptions } from '@prompt-papermill/papermill-runner'
import { KernelPool, papermill } from '@prompt-papermill/papermill-runner'
import { expect, vi } from 'vitest'

import { python } from '../support/python.ts'

/** The folder of the notebooks that show each way in which one can end. */
export const notebooks = fileURLToPath(new URL('../fixtures/notebooks', import.meta.url))

/** One output of a cell, as notebooks have it on disk. */
export interface Output {
  readonly output_type: string
  readonly name?: string
  readonly text?: string | string[]
  readonly ename?: string
  readonly evalue?: string
}

/** A notebook, as far as the tests look at it. */
export interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string
    readonly source: string | string[]
    readonly outputs?: readonly Output[]
    readonly metadata: { readonly tags?: string[]; readonly papermill?: { status: string } }
  }[]
  readonly metadata: { readonly papermill: { readonly exception: boolean | null } }
}

/** The Python program, for tests that start it themselves. */
export const program = fileURLToPath(
  new URL('../../packages/papermill-runner/python/prompt_papermill_runner.py', import.meta.url),
)

/** How a notebook can come by its kernel: it is started for it, waited for it, or was forked and waited. */
export const kernelKinds = ['cold', 'warm', 'forked'] as const

/**
 * A pool of one kernel that several tests share, with a mark to find its processes by. What is temporary goes
 * to a folder of its own.
 */
export class SharedPool {
  readonly mark = randomUUID()
  readonly warnings: string[] = []
  readonly pool: KernelPool
  /** With forked kernels, one more process waits: the one that they are forked from. */
  readonly #waiting: number

  private constructor(
    readonly scratch: string,
    options: KernelPoolOptions,
  ) {
    const note = (fields: object, message: string) =>
      void this.warnings.push(`${message} ${JSON.stringify(fields)}`)
    const logger: Logger = { debug: () => {}, info: () => {}, warn: note, error: note }
    const env = { ...options.env, RUNNER_TEST: this.mark }
    this.#waiting = options.fork === true ? 3 : 2
    this.pool = new KernelPool({ python, warm: 1, cores: 2, logger, ...options, env })
  }

  static async open(options: KernelPoolOptions = {}): Promise<SharedPool> {
    const scratch = await mkdtemp(join(tmpdir(), 'runner-test-'))
    vi.stubEnv('TMPDIR', scratch)
    return new SharedPool(scratch, options)
  }

  /** For tests that are run with every kind of kernel. */
  static async of(
    kind: (typeof kernelKinds)[number],
    options: KernelPoolOptions = {},
  ): Promise<SharedPool | undefined> {
    if (kind === 'cold') return undefined
    return SharedPool.open({ ...options, fork: kind === 'forked' })
  }

  /** One kernel waits, and nothing else runs or is left. */
  async expectUsable(): Promise<void> {
    expect(await this.pool.filled()).toBe(true)
    // a result waits for all but the end of the process that ran the notebook
    await expect
      .poll(() => markedProcesses(this.mark), { timeout: 10_000 })
      .toHaveLength(this.#waiting)
    await expect.poll(() => temporaryFolders(this.scratch)).toHaveLength(1)
    expect(this.warnings).toEqual([])
  }

  async close(): Promise<void> {
    await this.pool.close()
    expect(await markedProcesses(this.mark)).toEqual([])
    expect(await temporaryFolders(this.scratch)).toEqual([])
    vi.unstubAllEnvs()
    await rm(this.scratch, { recursive: true, force: true })
  }
}

/** What a test has for its notebooks: a folder, a mark to find its processes by, and what was told. */
export class Bench {
  readonly progress: Progress[] = []
  readonly warnings: string[] = []
  readonly #mark: string

  private constructor(
    readonly resultsDir: string,
    readonly scratch: string,
    readonly shared: SharedPool | undefined,
  ) {
    this.#mark = shared?.mark ?? randomUUID()
  }

  /** With a pool, the notebooks that are run have its kernels. */
  static async set(shared?: SharedPool): Promise<Bench> {
    const folder = () => mkdtemp(join(tmpdir(), 'runner-test-'))
    const bench = new Bench(await folder(), shared?.scratch ?? (await folder()), shared)
    if (shared) await shared.pool.filled()
    else vi.stubEnv('TMPDIR', bench.scratch)
    return bench
  }

  /** Runs a notebook of the fixtures as an action, with this bench's folder and mark. */
  async run(
    template: string,
    options: Partial<PapermillOptions> = {},
    context: Partial<ActionContext> = {},
  ): Promise<ActionResult> {
    const env = { ...options.env, ...this.env }
    const kernels = this.shared && { kernels: this.shared.pool }
    const given = { templates: notebooks, python, grace: 1, ...kernels, ...options, template, env }
    const action = papermill(given)
    return action.run(exampleRun(), this.context(context))
  }

  /** Marks every process. */
  get env(): Record<string, string> {
    return { RUNNER_TEST: this.#mark }
  }

  /** A job as the Python program takes it, without limits, for a template of the fixtures. */
  job(template: string, text: string, parameters: Readonly<Record<string, unknown>> = {}): object {
    return {
      input: { path: join(notebooks, template), text },
      output: join(this.resultsDir, 'entry.ipynb'),
      cwd: this.resultsDir,
      parameters,
      kernel: null,
      limits: { notebook: null, cell: null, memory: null, output: null },
      grace: 30,
      environment: { set: {}, unset: [] },
      secrets: {},
      implicit: [],
      html: null,
    }
  }

  context(given: Partial<ActionContext> = {}): ActionContext {
    const note = (fields: object, message: string) =>
      void this.warnings.push(`${message} ${JSON.stringify(fields)}`)
    const logger: Logger = { debug: () => {}, info: () => {}, warn: note, error: note }
    return {
      signal: new AbortController().signal,
      logger,
      progress: (progress) => this.progress.push(progress),
      resultsDir: this.resultsDir,
      parameters: {},
      documents: undefined,
      job: { id: 'job-1', rule: 'rule', entry: 'entry' },
      attempt: 1,
      ...given,
    }
  }

  read(name: string): Promise<string> {
    return readFile(join(this.resultsDir, name), 'utf8')
  }

  async notebook(name = 'entry.ipynb'): Promise<Notebook> {
    return JSON.parse(await this.read(name)) as Notebook
  }

  /** Processes with this bench's mark, by what their command line says. */
  processes(commandLine = ''): Promise<number[]> {
    return markedProcesses(this.#mark, commandLine)
  }

  /** Nothing runs any more but the kernel that waits for the next test, and nothing half written is left. */
  async expectNothingLeft(): Promise<void> {
    const names = await readdir(this.resultsDir)
    expect(names.filter((name) => name.includes('.partial'))).toEqual([])
    if (this.shared) return this.shared.expectUsable()
    expect(await this.processes()).toEqual([])
    expect(await temporaryFolders(this.scratch)).toEqual([])
  }

  async clear(): Promise<void> {
    await rm(this.resultsDir, { recursive: true, force: true })
    if (this.shared) return
    vi.unstubAllEnvs()
    await rm(this.scratch, { recursive: true, force: true })
  }
}

/** Processes with this mark in their environment, the oldest first, by what their command line says. */
export async function markedProcesses(mark: string, commandLine = ''): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const marked = await Promise.all(
    ids.map(async (id) => {
      const [environment, command] = await Promise.all([
        readFile(`/proc/${id}/environ`, 'utf8').catch(() => ''),
        readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''),
      ])
      return environment.includes(mark) && command.includes(commandLine)
    }),
  )
  return ids
    .filter((_, index) => marked[index])
    .map(Number)
    .sort((a, b) => a - b)
}

async function temporaryFolders(scratch: string): Promise<string[]> {
  return (await readdir(scratch)).filter((name) => name.startsWith('papermill-'))
}

/** A finished run with the uid `run-1`. */
export function exampleRun(): Run {
  const run = new Run('run-1')
  run.add({ name: 'start', doc: { uid: 'run-1', time: 1, plan_name: 'count', scan_id: 1 } })
  return run
}

/** The errors that a notebook shows, with the number of their cell from 1. */
export function errorsIn(notebook: Notebook): { cell: number; ename: string; evalue: string }[] {
  return notebook.cells.flatMap((cell, index) =>
    (cell.outputs ?? [])
      .filter((output) => output.output_type === 'error')
      .map(({ ename = '', evalue = '' }) => ({ cell: index + 1, ename, evalue })),
  )
}

/** All that a notebook's cells printed. */
export function printed(notebook: Notebook): string {
  return notebook.cells
    .flatMap((cell) => cell.outputs ?? [])
    .map((output) => [output.text ?? ''].flat().join(''))
    .join('')
}
