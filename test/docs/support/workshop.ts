import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { emptyNotebook } from '../../support/command-line.js'
import { python, root } from '../../support/python.js'
import { vectorPath } from '../../support/vectors.js'
import { compiled, type Example } from './example.js'
import { withPrintsTold } from './prints.js'

/** What examples find where they say that it is. */
export interface Placing {
  /** Text with what is really there in place of the addresses that it names. */
  place(text: string): string
  close(): Promise<void>
}

/** An example in a folder of its own. */
export interface Bench {
  /** Its working directory. */
  readonly folder: string
  /** As it is shown: what is type-checked. */
  readonly shown: string
  /** What is run. */
  readonly program: string
}

/**
 * A temporary folder that resolves the packages as this checkout does, with a folder for each example and in
 * it what examples find: `template.ipynb`, `reflection_scan.ipynb`, `run.frames`, `run.jsonl`, and what stands
 * in for `/opt` and `/tmp`.
 */
export class Workshop {
  readonly folder: string
  readonly surroundings: Placing
  readonly #benches = new Map<Example, Bench>()

  private constructor(folder: string, surroundings: Placing) {
    this.folder = folder
    this.surroundings = surroundings
  }

  static async open(examples: readonly Example[], surroundings: Placing): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'papermill-docs-'))
    const workshop = new Workshop(folder, surroundings)
    try {
      await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
      await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
      for (const [i, example] of examples.entries()) await workshop.#add(example, String(i + 1))
    } catch (error) {
      await workshop.close()
      throw error
    }
    return workshop
  }

  bench(example: Example): Bench {
    const bench = this.#benches.get(example)
    if (!bench) throw new Error(`${example.file} > ${example.name} has no bench`)
    return bench
  }

  async close(): Promise<void> {
    await this.surroundings.close()
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #add(example: Example, name: string): Promise<void> {
    const folder = join(this.folder, name)
    const isSuite = example.manner.kind === 'suite'
    const shown = join(folder, isSuite ? 'example.test.ts' : 'example.ts')
    const bench = { folder, shown, program: isSuite ? shown : join(folder, 'example.js') }
    this.#benches.set(example, bench)
    await furnish(folder, (text) => this.surroundings.place(text))
    const code = this.#place(example.code, folder)
    if (example.isTypeScript) await writeFile(shown, code)
    if (isSuite) return
    const told = withPrintsTold(code)
    await writeFile(bench.program, example.isTypeScript ? compiled(told) : told)
  }

  #place(code: string, folder: string): string {
    const standIn = (path: string): string =>
      /^\/opt\/conda_envs\/[\w-]+\/bin\/python$/u.test(path) ? python : `${folder}${path}`
    return this.surroundings
      .place(code)
      .replaceAll(/(?<=['"`/])\/(?:opt|tmp|var)\/[^'"`\s]*/gu, (path) => standIn(path))
  }
}

async function furnish(folder: string, place: (text: string) => string): Promise<void> {
  const papermill = join(folder, 'opt/papermill')
  await mkdir(join(folder, 'tmp'), { recursive: true })
  await mkdir(join(papermill, 'templates'), { recursive: true })
  const fixture = join(root, 'test/fixtures/notebooks/reflection_scan.ipynb')
  const copies = [
    [fixture, join(folder, 'reflection_scan.ipynb')],
    [fixture, join(papermill, 'templates/reflection_scan.ipynb')],
    [vectorPath('reflection_scan', 'frames'), join(folder, 'run.frames')],
    [vectorPath('reflection_scan', 'jsonl'), join(folder, 'run.jsonl')],
  ] as const
  await Promise.all([
    ...copies.map(([from, to]) => copyFile(from, to)),
    writeFile(join(folder, 'template.ipynb'), emptyNotebook),
    writeFile(join(papermill, 'worker.yml'), place(config(papermill))),
  ])
}

/** The config of a worker that keeps to its folder. */
function config(folder: string): string {
  return [
    'source: { address: localhost:5578 }',
    `templates: ${join(folder, 'templates')}`,
    `results: ${join(folder, 'results')}`,
    `python: ${python}`,
    'kernels: { warm: 0 }',
    'http: false',
    '',
  ].join('\n')
}

/** Where the child processes of examples find `python3`. */
export const programs = dirname(python)
