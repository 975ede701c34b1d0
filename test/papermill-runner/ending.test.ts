import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

import type { ActionContext, ActionResult } from '@prompt-papermill/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, errorsIn, kernelKinds, notebooks, program, SharedPool } from './support.ts'

let bench: Bench

/** What the README promises: the grace time, which is 1 s here, and at most 13 s more. */
const BOUND_MS = 14_000

/** Runs a notebook and does something to it once its n-th code cell has started. */
async function disturb(
  template: string,
  cell: number,
  action: () => unknown,
  context: Partial<ActionContext> = {},
): Promise<ActionResult> {
  return bench.run(
    template,
    {},
    {
      ...context,
      progress: ({ step, event }) => {
        if (step === cell && event === 'started') void action()
      },
    },
  )
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

  describe('a notebook that is ended', () => {
    const reasons = [
      ['a plain abort', undefined, { state: 'cancelled', message: 'cancelled' }],
      [
        'a cancel',
        { kind: 'cancelled', message: 'by hand' },
        { state: 'cancelled', message: 'by hand' },
      ],
      ['the end of the host', { kind: 'interrupted' }, { state: 'failed', reason: 'interrupted' }],
      ['a timeout', new DOMException('', 'TimeoutError'), { state: 'failed', reason: 'timed-out' }],
    ] as const

    it.each(reasons)('by %s says so, and shows it', async (_, reason, expected) => {
      const controller = new AbortController()
      // a moment after the cell was handed over, so that it is in its loop
      const abort = () => sleep(300).then(() => controller.abort(reason))
      const result = await disturb('sleeps.ipynb', 4, abort, { signal: controller.signal })
      expect(result).toMatchObject(expected)
      const shown = errorsIn(await bench.notebook()).map(({ ename }) => ename)
      expect(shown).toHaveLength(2)
      expect(shown[0]).toBe('KeyboardInterrupt')
      expect(['Cancelled', 'Interrupted', 'TimedOut']).toContain(shown[1])
    })

    it('is killed after the grace time where it does not listen', async () => {
      const controller = new AbortController()
      let began = 0
      const abort = () => {
        began = Date.now()
        controller.abort()
      }
      const result = await disturb('sleeps.ipynb', 4, abort, {
        signal: controller.signal,
        parameters: { stubborn: true },
      })
      expect(result).toMatchObject({ state: 'cancelled' })
      expect(Date.now() - began).toBeLessThan(BOUND_MS)
      expect(errorsIn(await bench.notebook()).at(-1)?.ename).toBe('Cancelled')
    })
  })

  describe('what a notebook leaves behind', () => {
    const grandchild = async () => {
      const said = JSON.stringify(await bench.notebook())
      return Number(/left behind (\d+)/.exec(said)?.[1])
    }
    const isThere = async (pid: number) =>
      readFile(`/proc/${pid}/status`, 'utf8').then(
        (text) => !/State:\s+Z/.test(text),
        () => false,
      )

    it('ends with it, whatever group it went to', async () => {
      const result = await bench.run('leaves-a-grandchild.ipynb')
      expect(result).toMatchObject({ state: 'succeeded' })
      const pid = await grandchild()
      expect(pid).toBeGreaterThan(1)
      expect(await isThere(pid)).toBe(false)
      expect(await bench.read('log.txt')).toContain('ended 1 processes that the notebook had left')
    })

    it('ends also when the program that runs it is killed', async () => {
      const kill = async () => {
        // until it is saved, the notebook on disk does not say that the cell runs
        await vi.waitUntil(async () => (await grandchild()) > 1, { timeout: 10_000 })
        const [pid] = await bench.processes('prompt_papermill_runner.py\0run')
        process.kill(pid!, 'SIGKILL')
      }
      const parameters = { seconds: 60 }
      const result = await disturb('leaves-a-grandchild.ipynb', 4, kill, { parameters })
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'kernel-died',
        message: 'the Python program that ran the notebook was ended by SIGKILL',
        evidence: { signal: 'SIGKILL' },
      })
      expect(await isThere(await grandchild())).toBe(false)
      const notebook = await bench.notebook()
      const cell = result.state === 'failed' ? result.evidence?.cell : 0
      expect(errorsIn(notebook)).toMatchObject([{ cell, ename: 'ProgramDied' }])
      expect(result.details?.['cells']).toEqual({ total: 4, executed: 3 })
      expect(notebook.metadata.papermill.exception).toBe(true)
    })

    it('is told when the program that runs it is asked to end by someone else', async () => {
      const terminate = async () => {
        const [pid] = await bench.processes('prompt_papermill_runner.py\0run')
        process.kill(pid!, 'SIGTERM')
      }
      const result = await disturb('sleeps.ipynb', 4, terminate)
      expect(result).toMatchObject({ state: 'failed', reason: 'interrupted' })
      expect(result.message).toContain('the program that runs the notebook got SIGTERM')
      expect(errorsIn(await bench.notebook()).at(-1)?.ename).toBe('Interrupted')
    })
  })
})

describe('a notebook that has not begun', () => {
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it('does not begin if it was cancelled before', async () => {
    const result = await bench.run('sleeps.ipynb', {}, { signal: AbortSignal.abort() })
    expect(result).toMatchObject({ state: 'cancelled' })
    await expect(bench.read('entry.ipynb')).rejects.toThrow('ENOENT')
  })

  it('ends while its kernel starts', async () => {
    const controller = new AbortController()
    const running = bench.run('sleeps.ipynb', {}, { signal: controller.signal })
    await vi.waitUntil(async () => (await bench.processes('ipykernel')).length > 0, {
      timeout: 10_000,
    })
    controller.abort()
    expect(await running).toMatchObject({ state: 'cancelled' })
    expect(errorsIn(await bench.notebook()).map(({ ename }) => ename)).toEqual(['Cancelled'])
  })
})

describe('a notebook whose program is stuck', () => {
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it('is cancelled within the bound, and shows it', async () => {
    const controller = new AbortController()
    let began = 0
    const stopAndAbort = async () => {
      // until it is saved, the notebook on disk does not say that the cell runs
      const said = async () => JSON.stringify(await bench.notebook()).includes('left behind')
      await vi.waitUntil(said, { timeout: 10_000 })
      const [pid] = await bench.processes('prompt_papermill_runner.py')
      process.kill(pid!, 'SIGSTOP')
      began = Date.now()
      controller.abort()
    }
    const result = await disturb('leaves-a-grandchild.ipynb', 4, stopAndAbort, {
      signal: controller.signal,
      parameters: { seconds: 60 },
    })
    expect(result).toMatchObject({ state: 'cancelled', message: 'cancelled' })
    expect(Date.now() - began).toBeLessThan(BOUND_MS)
    expect(errorsIn(await bench.notebook())).toMatchObject([{ ename: 'Cancelled' }])
  })
})

describe('a process without its host', () => {
  beforeEach(async () => {
    bench = await Bench.set()
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  it('ends when the host is killed and can’t say so', async () => {
    const child = spawn(python, [program, 'run', join(bench.scratch, 'papermill-host')], {
      env: { ...process.env, ...bench.env },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const template = 'leaves-a-grandchild.ipynb'
    const text = await readFile(join(notebooks, template), 'utf8')
    const job = bench.job(template, text, { seconds: 60 })
    child.stdin.write(`${JSON.stringify(job)}\n`)
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as { event: string; step?: number }
      if (event.event === 'cell-started' && event.step === 4) break
    }
    expect((await bench.processes()).length).toBeGreaterThanOrEqual(3)
    child.stdin.end()
    await once(child, 'exit')
  })
})
