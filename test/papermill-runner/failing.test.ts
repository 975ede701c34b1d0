import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { ActionResult } from '@prompt-papermill/core'
import type { Limits } from '@prompt-papermill/papermill-runner'
import { ColdKernels } from '@prompt-papermill/papermill-runner'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, errorsIn, kernelKinds, printed, SharedPool } from './support.ts'

const MiB = 1024 * 1024

let bench: Bench

/** The cell that the result blames is the one that shows the error, and the notebook says failed. */
async function expectShown(result: ActionResult, ename: string): Promise<void> {
  const notebook = await bench.notebook()
  const cell = result.state === 'failed' ? result.evidence?.cell : undefined
  const shown = errorsIn(notebook).filter((error) => error.ename === ename)
  expect(shown).toHaveLength(1)
  if (cell !== undefined) expect(shown[0]?.cell).toBe(cell)
  expect(notebook.metadata.papermill.exception).toBe(true)
  const status = notebook.cells.map((each) => each.metadata.papermill?.status)
  expect(status.filter((each) => each === 'failed' || each === 'running')).toEqual(['failed'])
}

describe.each(kernelKinds)('with %s kernels,', (kind) => {
  let shared: SharedPool | undefined
  beforeAll(async () => {
    shared = await SharedPool.of(kind)
  })
  afterAll(() => shared?.close())
  beforeEach(async () => {
    bench = await Bench.set(shared)
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  describe('a cell that fails', () => {
    it('is told with its number, exception and plain traceback', async () => {
      const result = await bench.run('raises.ipynb')
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'cell-error',
        message: 'cell 6 (In [3]): ZeroDivisionError: division by zero',
        evidence: { cell: 6, ename: 'ZeroDivisionError', evalue: 'division by zero' },
        details: { cells: { total: 4, executed: 2 } },
      })
      const traceback = result.state === 'failed' ? result.evidence?.traceback : ''
      expect(traceback).toMatch(/divide\(0\)[^]*return 1 \/ by[^]*ZeroDivisionError/)
      expect(traceback).not.toContain('\x1b')
      await expectShown(result, 'ZeroDivisionError')
      expect(printed(await bench.notebook())).toBe('good so far\n')
      expect(await bench.read('log.txt')).toMatch(/\nfailed \(cell-error\): cell 6 .*\n$/)
    })

    it('may say that there was nothing to analyse, by raising NoData', async () => {
      const result = await bench.run('finds-no-data.ipynb')
      expect(result).toMatchObject({
        state: 'no-data',
        message: 'the primary stream has no events',
      })
      await expectShown(result, 'NoData')
    })

    it('fails where it asks for input, which nobody can give', async () => {
      const result = await bench.run('asks-for-input.ipynb')
      expect(result).toMatchObject({
        reason: 'cell-error',
        evidence: { ename: 'StdinNotImplementedError' },
      })
      await expectShown(result, 'StdinNotImplementedError')
    })
  })

  describe('a kernel that dies', () => {
    it.each([
      ['exit', { exitCode: 3 }],
      ['SIGKILL', { signal: 'SIGKILL' }],
      ['segfault', { signal: 'SIGSEGV' }],
    ])('by %s is told, and shown in the cell that ran', async (how, evidence) => {
      const result = await bench.run('kernel-dies.ipynb', {}, { parameters: { how } })
      expect(result).toMatchObject({ state: 'failed', reason: 'kernel-died', evidence })
      await expectShown(result, 'DeadKernelError')
      const notebook = await bench.notebook()
      expect(printed(notebook)).toBe(`the kernel dies by ${how}\n`)
      expect(notebook.cells.at(-1)?.metadata.papermill?.status).toBe('pending')
    })
  })

  describe('a notebook that takes more than it may', () => {
    const overLimit = async (
      template: string,
      limits: Limits,
      parameters: Record<string, unknown>,
    ): Promise<ActionResult> => bench.run(template, { limits }, { parameters })

    it('is ended at the limit of a cell, with a traceback of where it was', async () => {
      const result = await overLimit('sleeps.ipynb', { cell: 1.5 }, {})
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'timed-out',
        message: expect.stringContaining('longer than 1.5 s (limits.cell)'),
        evidence: { limit: 'cell 1.5 s', traceback: expect.stringContaining('time.sleep') },
      })
      await expectShown(result, 'TimedOut')
      expect(printed(await bench.notebook())).toContain('sleeping for 60 seconds')
    })

    it('is ended at the limit of the whole notebook, also if it ignores the interrupt', async () => {
      const began = Date.now()
      const result = await overLimit('sleeps.ipynb', { notebook: 2 }, { stubborn: true })
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'timed-out',
        message: expect.stringContaining('longer than 2 s (limits.notebook)'),
        evidence: { limit: 'notebook 2 s' },
      })
      expect(Date.now() - began).toBeLessThan(20_000)
      await expectShown(result, 'TimedOut')
    })

    it('gets a MemoryError for an allocation beyond the limit of memory', async () => {
      const limit = { memory: 600 * MiB }
      const result = await overLimit('takes-memory.ipynb', limit, { megabytes: 1000 })
      expect(result).toMatchObject({ reason: 'out-of-memory', evidence: { ename: 'MemoryError' } })
      await expectShown(result, 'MemoryError')
    })

    it('is ended when its processes hold more than the limit of memory', async () => {
      const limit = { memory: 600 * MiB }
      const parameters = { megabytes: 1000, shared: true }
      const result = await overLimit('takes-memory.ipynb', limit, parameters)
      expect(result).toMatchObject({
        reason: 'out-of-memory',
        message: expect.stringContaining('more than 600 MiB (limits.memory)'),
        evidence: { limit: 'memory 600 MiB' },
      })
      await expectShown(result, 'OutOfMemory')
    })

    it('gets a MemoryError also where it takes more and more', async () => {
      const limit = { memory: 600 * MiB }
      const result = await overLimit('takes-memory.ipynb', limit, { endless: true })
      expect(result).toMatchObject({ reason: 'out-of-memory', evidence: { ename: 'MemoryError' } })
      await expectShown(result, 'MemoryError')
    })
  })

  describe('a notebook that can’t start', () => {
    const notStarted = (message: RegExp) => ({
      state: 'failed',
      reason: 'not-started',
      message: expect.stringMatching(message),
    })

    it('says that its template is missing', async () => {
      const result = await bench.run('no-such.ipynb')
      expect(result).toMatchObject(
        notStarted(/no-such\.ipynb can't be read: there is no such file/),
      )
      expect(await bench.read('log.txt')).toContain('there is no such file')
    })

    it.each([
      ['nothing', ''],
      ['half a notebook', '{ "cells": ['],
      ['other JSON', '{ "scan": 1 }'],
    ])('says that its template holds %s', async (_, text) => {
      await writeFile(join(bench.scratch, 'broken.ipynb'), text)
      const result = await bench.run('broken.ipynb', { templates: bench.scratch })
      expect(result).toMatchObject(notStarted(/the template is not a notebook: /))
    })

    it('says which kernels there are when its own is unknown', async () => {
      const result = await bench.run('wants-an-unknown-kernel.ipynb')
      expect(result).toMatchObject(
        notStarted(/knows no kernel 'no-such-kernel'; it knows: .*python3/),
      )
      const instead = await bench.run('wants-an-unknown-kernel.ipynb', { kernel: 'python3' })
      expect(instead).toMatchObject({ state: 'succeeded' })
    })

    it('says that there is no such Python', async () => {
      const result = await bench.run('raises.ipynb', { python: '/no/such/python' })
      expect(result).toMatchObject(
        notStarted(/^\/no\/such\/python can't be started: there is no such/),
      )
    })

    it('says that the Python has no papermill', async () => {
      const bare = join(bench.scratch, 'bare')
      await promisify(execFile)(python, ['-m', 'venv', '--without-pip', bare])
      const result = await bench.run('raises.ipynb', { python: join(bare, 'bin', 'python') })
      expect(result).toMatchObject(
        notStarted(/bare\/bin\/python can't import papermill .*install it/),
      )
    })

    it('says that the program which should be Python is something else', async () => {
      const result = await bench.run('raises.ipynb', { python: 'false' })
      expect(result).toMatchObject(
        notStarted(/^false exited with code 1 before the notebook started/),
      )
    })

    it('says that the results can’t be written', async () => {
      const resultsDir = join(bench.scratch, 'a-file')
      await writeFile(resultsDir, '')
      const result = await bench.run('raises.ipynb', {}, { resultsDir })
      expect(result).toMatchObject(notStarted(/log\.txt can't be written: ENOTDIR/))
    })

    it('says that there is no place for temporary files', async () => {
      vi.stubEnv('TMPDIR', join(bench.resultsDir, 'missing'))
      const result = await bench.run('raises.ipynb', { kernels: new ColdKernels() })
      vi.stubEnv('TMPDIR', bench.scratch)
      expect(result).toMatchObject(notStarted(/no process can be started .*ENOENT.*missing/))
    })

    it('says that the disk takes no more', async () => {
      // a limit on the size of files, in blocks of 512 or 1024 bytes, stands for a full disk
      const limited = join(bench.scratch, 'limited')
      await writeFile(limited, `#!/bin/sh\nulimit -f 1\nexec '${python}' "$@"\n`)
      await chmod(limited, 0o755)
      const result = await bench.run('raises.ipynb', { python: limited })
      expect(result).toMatchObject(notStarted(/entry\.ipynb: File too large/))
    })

    it('refuses a parameter that no variable can be called', async () => {
      const parameters = { 'two words': 1, class: 2, fine: 3 }
      const result = await bench.run('raises.ipynb', {}, { parameters })
      expect(result).toMatchObject(notStarted(/'two words', 'class'\. Use letters/))
    })

    it('refuses an entry’s parameter that every notebook is given', async () => {
      const result = await bench.run('raises.ipynb', {}, { parameters: { uid: 'mine' } })
      expect(result).toMatchObject(
        notStarted(/the entry entry gives .*: uid\. Name them otherwise/),
      )
    })

    it('refuses a value that no notebook can be given', async () => {
      const result = await bench.run('raises.ipynb', {}, { parameters: { raw: new Uint8Array(2) } })
      expect(result).toMatchObject(notStarted(/a parameter can't be given to a notebook: .*bytes/))
    })

    it('does not start in a results folder without a place for the notebook', async () => {
      await mkdir(join(bench.resultsDir, 'entry.ipynb'))
      const result = await bench.run('raises.ipynb')
      expect(result).toMatchObject(notStarted(/can't be saved at .*entry\.ipynb: Is a directory/))
    })
  })
})
