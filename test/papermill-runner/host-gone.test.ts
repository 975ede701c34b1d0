import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, notebooks, program } from './support.ts'

let bench: Bench

/** A job whose notebook is larger than what fits between two processes. */
async function largeJob() {
  const template = 'sleeps.ipynb'
  const notebook = JSON.parse(await readFile(join(notebooks, template), 'utf8')) as {
    cells: object[]
  }
  notebook.cells.push({ cell_type: 'raw', metadata: {}, source: 'x'.repeat(1_000_000) })
  return bench.job(template, JSON.stringify(notebook))
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
