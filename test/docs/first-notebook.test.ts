import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'

import { execa } from 'execa'
import { expect, it, onTestFinished } from 'vitest'

import { BlueskyProxy, freePort } from '../support/bluesky-proxy.ts'
import { cli, Deployment, ended, readJson } from '../support/command-line.ts'
import { blocksOn, placed } from '../support/page-blocks.ts'
import { hasPython, python } from '../support/python.ts'

interface Executed {
  readonly cells: readonly { readonly outputs?: readonly { readonly data?: object }[] }[]
}

/** Runs Python in a folder, with the programs on the PATH that the tutorial puts there. */
async function runPython(folder: string, code: string, args: readonly string[] = []) {
  await writeFile(join(folder, 'shown.py'), code)
  const path = [await commandIn(folder), dirname(python), process.env.PATH]
  const { stdout } = await execa(python, ['shown.py', ...args], {
    cwd: folder,
    env: { PATH: path.join(delimiter) },
  })
  return stdout
}

/** A folder with the command as an install puts it there; a checkout that was only just built has none. */
async function commandIn(folder: string): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  const script = `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`
  await writeFile(join(bin, 'prompt-papermill'), script, { mode: 0o755 })
  return bin
}

/** What the first tutorial does, on free ports: a folder, a proxy, a worker, and a run. */
async function followTutorial() {
  const page = 'docs/tutorials/first-notebook.md'
  const [config] = blocksOn(page, 'yaml')
  const [makeTemplate, measure] = blocksOn(page, 'python')
  const deployment = new Deployment('')
  await deployment.written
  const { folder } = deployment
  const [from, to] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`]
  const ours = `python: ${python}\nkernels: { warm: 0 }\nhttp: false\n`
  await writeFile(deployment.config, `${placed(config!, { 'localhost:5578': to })}${ours}`)
  await mkdir(join(folder, 'templates'))
  await runPython(folder, makeTemplate!)
  const proxy = new BlueskyProxy(`tcp://${from}`, `tcp://${to}`)
  onTestFinished(() => proxy.stop())
  await deployment.start()
  await runPython(folder, placed(measure!, { 'localhost:5577': from }))
  const [job] = await deployment.jobsWhen(ended(1))
  return { deployment, job: job! }
}

it.skipIf(!hasPython)(
  'the first tutorial leads to an executed notebook, with which the Python of other pages works',
  async () => {
    const { deployment, job } = await followTutorial()
    const { folder, config } = deployment
    expect(job).toMatchObject({ plan_name: 'scan', state: 'succeeded', rule: 'default' })
    const results = job.results_dir!
    const { cells } = await readJson<Executed>(join(results, 'scan.ipynb'))
    expect(JSON.stringify(cells.flatMap(({ outputs = [] }) => outputs))).toContain('"21"')
    expect((await readFile(join(results, 'scan.png'))).length).toBeGreaterThan(1000)

    // "Load data in a notebook"
    const documents = join(folder, 'state/documents', `${job.uid}.jsonl`)
    const [table] = blocksOn('docs/how-to/load-data.md', 'python')
    const read = `${placed(table!, { 'run.jsonl': documents })}\nprint(start["plan_name"], len(events))\n`
    expect(await runPython(folder, read)).toBe('scan 21')

    // "Debug a notebook that fails only here"
    const [byHand] = blocksOn('docs/how-to/debug-a-notebook.md', 'python')
    await runPython(folder, placed(byHand!, { 'attempt-1': results }))
    expect((await readJson<Executed>(join(folder, 'by-hand.ipynb'))).cells.length).toBe(
      cells.length,
    )

    // "The manifest": raises where a hash differs
    const [verify] = blocksOn('docs/reference/manifest.md', 'python')
    await runPython(folder, placed(verify!, { 'attempt-1': results }))

    // "From the Python script to this"
    const old = join(folder, 'old')
    await mkdir(old)
    await writeFile(join(old, `scan_${job.uid}.ipynb`), '')
    const compare = blocksOn('docs/tutorials/from-the-python-script.md', 'python').find((code) =>
      code.includes('by both'),
    )
    expect(await runPython(folder, compare!, [old, config])).toMatch(
      new RegExp(
        `script: scan_${job.uid}\\.ipynb \\| worker: succeeded \\n1 by .* 1 by both$`,
        'u',
      ),
    )
  },
  120_000,
)
