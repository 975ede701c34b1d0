import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { ActionContext, ActionResult, Logger, Progress } from '@prompt-papermill/core'
import { Run } from '@prompt-papermill/core'
import type { PapermillOptions } from '@prompt-papermill/papermill-runner'
import { papermill } from '@prompt-papermill/papermill-runner'
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

/** What a test has for its notebooks: a folder, a mark to find its processes by, and what was told. */
export class Bench {
  readonly progress: Progress[] = []
  readonly warnings: string[] = []
  readonly #mark = randomUUID()

  private constructor(
    readonly resultsDir: string,
    readonly scratch: string,
  ) {}

  static async set(): Promise<Bench> {
    const folder = () => mkdtemp(join(tmpdir(), 'runner-test-'))
    const bench = new Bench(await folder(), await folder())
    vi.stubEnv('TMPDIR', bench.scratch)
    return bench
  }

  /** Runs a notebook of the fixtures as an action, with this bench's folder and mark. */
  async run(
    template: string,
    options: Partial<PapermillOptions> = {},
    context: Partial<ActionContext> = {},
  ): Promise<ActionResult> {
    const env = { ...options.env, ...this.env }
    const action = papermill({ templates: notebooks, python, grace: 1, ...options, template, env })
    return action.run(exampleRun(), this.context(context))
  }

  /** Marks every process. */
  get env(): Record<string, string> {
    return { RUNNER_TEST: this.#mark }
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
  async processes(commandLine = ''): Promise<number[]> {
    const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const mine = await Promise.all(
      ids.map(async (id) => {
        const [environment, command] = await Promise.all([
          readFile(`/proc/${id}/environ`, 'utf8').catch(() => ''),
          readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''),
        ])
        return environment.includes(this.#mark) && command.includes(commandLine)
      }),
    )
    return ids.filter((_, index) => mine[index]).map(Number)
  }

  /** Nothing runs any more, and nothing half written is left. */
  async expectNothingLeft(): Promise<void> {
    expect(await this.processes()).toEqual([])
    const names = await readdir(this.resultsDir)
    expect(names.filter((name) => name.includes('.partial'))).toEqual([])
    const temporary = await readdir(this.scratch)
    expect(temporary.filter((name) => name.startsWith('papermill-'))).toEqual([])
  }

  async clear(): Promise<void> {
    vi.unstubAllEnvs()
    await rm(this.resultsDir, { recursive: true, force: true })
    await rm(this.scratch, { recursive: true, force: true })
  }
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
