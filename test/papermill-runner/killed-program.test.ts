import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { executeNotebook } from '@prompt-papermill/papermill-runner'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { pythonProgram } from '../../packages/papermill-runner/src/process/python-program.ts'
import { python } from '../support/python.ts'
import { Bench, notebooks } from './support.ts'

describe('a Python program that is killed', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(() => bench.clear())

  it('takes its kernel along, though that stands still, and nobody is left to look for it', async () => {
    const warmth = JSON.stringify({ kernel: 'python3', preload: [] })
    const scratch = join(bench.scratch, 'papermill-killed')
    const program = spawn(python, [pythonProgram, 'run', scratch, warmth], {
      env: { ...process.env, ...bench.env },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    onTestFinished(async () => {
      for (const pid of await bench.processes()) process.kill(pid, 'SIGKILL')
    })
    const [ready] = (await once(createInterface({ input: program.stdout }), 'line')) as [string]
    expect(JSON.parse(ready)).toMatchObject({ event: 'ready', warm: { kernel: 'python3' } })
    const [kernel] = await bench.processes('ipykernel')
    // else it would see by itself, after a second, that its parent has gone
    process.kill(kernel!, 'SIGSTOP')
    program.kill('SIGKILL')
    await vi.waitFor(async () => expect(await bench.processes()).toEqual([]), 10_000)
  })

  it('while it saves the notebook leaves no part of it', async () => {
    const dying = join(bench.scratch, 'dying-python')
    const partial = join(bench.resultsDir, '.entry.ipynb.partial')
    const ready = JSON.stringify({ event: 'ready', python: {}, packages: {} })
    const script = `echo '${ready.replace(':', ': ')}'; read job; echo '{"cells": [' > '${partial}'`
    await writeFile(dying, `#!/bin/sh\n${script}; kill -9 $$\n`)
    await chmod(dying, 0o755)
    const output = join(bench.resultsDir, 'entry.ipynb')
    const options = { python: dying, env: bench.env }
    const result = await executeNotebook(join(notebooks, 'sleeps.ipynb'), output, {}, options)
    expect(result.message).toContain('was ended by SIGKILL')
    expect(await readdir(bench.resultsDir)).toEqual([])
  })
})
