import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { executeNotebook } from '@prompt-papermill/papermill-runner'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, notebooks, SharedPool } from './support.ts'

describe.each(['cold', 'forked'] as const)('with %s kernels, an exported notebook', (kind) => {
  let shared: SharedPool | undefined
  beforeAll(async () => {
    shared = await SharedPool.of(kind)
  })
  afterAll(() => shared?.close())
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set(shared)
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it('is a page beside the notebook, with its figures', async () => {
    const result = await bench.run('shows-a-figure.ipynb', { html: true })
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(result).not.toHaveProperty('message')
    const page = await bench.read('entry.html')
    expect(page).toMatch(/^<!DOCTYPE html>/)
    expect(page).toContain('data:image/png;base64,')
  })

  it('shows the failure of one that failed, and changes nothing of its state', async () => {
    const result = await bench.run('raises.ipynb', { html: true })
    expect(result).toMatchObject({
      state: 'failed',
      reason: 'cell-error',
      message: 'cell 6 (In [3]): ZeroDivisionError: division by zero',
    })
    expect(await bench.read('entry.html')).toContain('An Exception was encountered at')
  })

  it('is there also where the kernel died', async () => {
    await bench.run('kernel-dies.ipynb', { html: true })
    expect(await bench.read('entry.html')).toContain('DeadKernelError')
  })
})

describe('an export', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  /** An environment in which Python finds an nbconvert that does this instead. */
  const nbconvert = async (source: string) => {
    await writeFile(join(bench.scratch, 'nbconvert.py'), source)
    return { PYTHONPATH: bench.scratch, PYTHONDONTWRITEBYTECODE: '1' }
  }

  it('is not made unless it is asked for', async () => {
    await bench.run('raises.ipynb')
    expect(await readdir(bench.resultsDir)).not.toContain('entry.html')
  })

  it('says in message and log that nbconvert is missing, and what to do', async () => {
    const env = await nbconvert('raise ImportError("no such module")')
    const result = await bench.run('prints-parameters.ipynb', { html: true, env })
    expect(result.state).toBe('succeeded')
    expect(result.message).toMatch(
      /^no HTML: .*python can't import nbconvert \(no such module\): install it there \(python -m pip/,
    )
    expect(await bench.read('log.txt')).toMatch(/\nsucceeded: no HTML: .*\n$/)
    expect(bench.warnings).toEqual([expect.stringMatching(/^no HTML: /)])
  })

  it('that fails is said behind the notebook’s own message', async () => {
    const env = await nbconvert('class HTMLExporter: pass')
    const result = await bench.run('raises.ipynb', { html: true, env })
    expect(result.message).toMatch(
      /^cell 6 \(In \[3\]\): ZeroDivisionError: division by zero; no HTML: AttributeError: /,
    )
    expect(await readdir(bench.resultsDir)).not.toContain('entry.html')
  })

  it('that dies loses nothing else', async () => {
    const env = await nbconvert('import os; os._exit(7)')
    const result = await bench.run('prints-parameters.ipynb', { html: true, env })
    expect(result.state).toBe('succeeded')
    expect(result.message).toMatch(/^no HTML: the program that exports the notebook was ended/)
  })

  it('is given up when the job is cancelled meanwhile, which changes nothing of its state', async () => {
    const controller = new AbortController()
    const marker = join(bench.scratch, 'exporting')
    const env = await nbconvert(
      `import time; open(${JSON.stringify(marker)}, 'w').close(); time.sleep(60)`,
    )
    const running = bench.run(
      'prints-parameters.ipynb',
      { html: true, env },
      { signal: controller.signal },
    )
    await vi.waitUntil(() => existsSync(marker), { timeout: 30_000 })
    const began = Date.now()
    controller.abort()
    expect((await running).state).toBe('succeeded')
    expect(Date.now() - began).toBeLessThan(4_000)
  })

  it('is not made of a notebook that was cancelled', async () => {
    const controller = new AbortController()
    const progress = ({ step }: { step: number }) => {
      if (step === 4) controller.abort()
    }
    const result = await bench.run(
      'sleeps.ipynb',
      { html: true },
      { signal: controller.signal, progress },
    )
    expect(result).toEqual(expect.objectContaining({ state: 'cancelled', message: 'cancelled' }))
    expect(await readdir(bench.resultsDir)).not.toContain('entry.html')
  })

  it('says so where the program was killed before it could be made', async () => {
    const progress = ({ step, event }: { step: number; event: string }) => {
      if (step !== 4 || event !== 'started') return
      void bench
        .processes('prompt_papermill_runner.py')
        .then(([pid]) => process.kill(pid!, 'SIGKILL'))
    }
    const result = await bench.run('sleeps.ipynb', { html: true }, { progress })
    expect(result).toMatchObject({ state: 'failed', reason: 'kernel-died' })
    expect(result.message).toMatch(/; no HTML: the program that runs the notebook was ended before/)
  })

  it('has its name from the notebook, whatever that is called', async () => {
    const output = join(bench.resultsDir, 'executed {x}.nb')
    const template = join(notebooks, 'ends-itself.ipynb')
    await executeNotebook(template, output, {}, { python, env: bench.env, html: true })
    expect(await readdir(bench.resultsDir)).toContain('executed {x}.nb.html')
  })
})
