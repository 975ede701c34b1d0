import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, notebooks } from './support.ts'

const script = '../../packages/papermill-runner/python/prompt_papermill_runner.py'
const program = fileURLToPath(new URL(script, import.meta.url))

let bench: Bench

/** A job whose notebook is larger than what fits between two processes. */
async function largeJob() {
  const path = join(notebooks, 'sleeps.ipynb')
  const notebook = JSON.parse(await readFile(path, 'utf8')) as { cells: object[] }
  notebook.cells.push({ cell_type: 'raw', metadata: {}, source: 'x'.repeat(1_000_000) })
  return {
    input: { path, text: JSON.stringify(notebook) },
    output: join(bench.resultsDir, 'entry.ipynb'),
    cwd: bench.resultsDir,
    parameters: {},
    kernel: null,
    limits: { notebook: null, cell: null, memory: null, output: null },
    grace: 30,
    environment: { set: {}, unset: [] },
    secrets: {},
    implicit: [],
    html: null,
  }
}

describe('a process whose host is killed while the notebook is saved', () => {
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it('saves it, and leaves nothing half written', async () => {
    // a disk that takes what is written when the test says so
    const partial = join(bench.resultsDir, '.entry.ipynb.partial')
    await promisify(execFile)('mkfifo', [partial])
    const child = spawn(python, [program, 'run', join(bench.scratch, 'papermill-host')], {
      env: { ...process.env, ...bench.env },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const exited = once(child, 'exit')
    child.stdin.write(`${JSON.stringify(await largeJob())}\n`)
    const disk = createReadStream(partial)
    await once(disk, 'readable')
    child.stdin.end()
    // time enough to end at once
    await Promise.race([exited, sleep(1000)])
    disk.resume()
    await exited
    expect(await readdir(bench.resultsDir)).toEqual(['entry.ipynb'])
  })
})
