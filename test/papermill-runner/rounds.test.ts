import { readdir } from 'node:fs/promises'

import type { ActionContext, ActionResult } from '@prompt-papermill/core'
import type { PapermillOptions } from '@prompt-papermill/papermill-runner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Bench, kernelKinds, SharedPool } from './support.ts'

const MiB = 1024 * 1024

/** Runs a notebook of a bench. */
type Run = (
  template: string,
  options?: Partial<PapermillOptions>,
  context?: Partial<ActionContext>,
) => Promise<ActionResult>

/** Does something once the notebook's cell that is to be disturbed has started. */
const onceInCell = (cell: number, action: () => unknown): Partial<ActionContext> => ({
  progress({ step, event }) {
    if (step === cell && event === 'started') void action()
  },
})

/** Each way in which a notebook can end, with the state and the reason that it is to have. */
const FAILURES: Readonly<Record<string, (run: Run, bench: Bench) => Promise<ActionResult>>> = {
  succeeded: (run) => run('ends-itself.ipynb'),
  'failed cell-error': (run) => run('raises.ipynb'),
  'no-data': (run) => run('finds-no-data.ipynb'),
  'failed kernel-died': (run) => run('kernel-dies.ipynb', {}, { parameters: { how: 'SIGKILL' } }),
  'failed kernel-died (exit)': (run) =>
    run('kernel-dies.ipynb', {}, { parameters: { how: 'exit' } }),
  'failed timed-out': (run) => run('sleeps.ipynb', { limits: { cell: 0.5 } }),
  'failed timed-out (stubborn)': (run) =>
    run(
      'sleeps.ipynb',
      { limits: { notebook: 1 }, grace: 0.2 },
      { parameters: { stubborn: true } },
    ),
  'failed out-of-memory': (run) =>
    run(
      'takes-memory.ipynb',
      { limits: { memory: 600 * MiB } },
      { parameters: { megabytes: 1000 } },
    ),
  'failed not-started': (run) => run('wants-an-unknown-kernel.ipynb'),
  'failed not-started (template)': (run) => run('no-such.ipynb'),
  cancelled(run) {
    const { signal, abort } = abortable()
    return run('sleeps.ipynb', {}, { ...onceInCell(4, () => abort()), signal })
  },
  'failed interrupted'(run) {
    const { signal, abort } = abortable()
    const end = () => abort({ kind: 'interrupted', message: 'the host stops' })
    return run('sleeps.ipynb', {}, { ...onceInCell(4, end), signal })
  },
  'failed kernel-died (program)': (run, bench) =>
    run(
      'leaves-a-grandchild.ipynb',
      {},
      {
        parameters: { seconds: 60 },
        ...onceInCell(4, async () => {
          const [pid] = await bench.processes('prompt_papermill_runner.py\0run')
          process.kill(pid!, 'SIGKILL')
        }),
      },
    ),
  'succeeded (leaving a grandchild)': (run) => run('leaves-a-grandchild.ipynb'),
}

function abortable(): { signal: AbortSignal; abort: (reason?: unknown) => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) }
}

// the long form: PROMPT_PAPERMILL_ROUNDS=20
const rounds = Number(process.env['PROMPT_PAPERMILL_ROUNDS'] ?? 1)

/** In one round those that the other tests have least of. */
const kinds = rounds > 1 ? kernelKinds : (['warm', 'forked'] as const)

describe.each(kinds)('with %s kernels, every way to end', (kind) => {
  let shared: SharedPool | undefined
  beforeAll(async () => {
    shared = await SharedPool.of(kind)
    await shared?.pool.filled()
  })
  afterAll(() => shared?.close())

  it(
    `leaves no process, file handle or temporary folder, ${rounds} times`,
    async () => {
      const handles = async () => (await readdir('/proc/self/fd')).length
      let before: number | undefined
      for (let round = 0; round < rounds; round += 1) {
        for (const [expected, make] of Object.entries(FAILURES)) {
          const bench = await Bench.set(shared)
          const run: Run = (template, options = {}, context = {}) =>
            bench.run(template, options, context)
          const result = await make(run, bench)
          const reason = result.state === 'failed' ? ` ${result.reason}` : ''
          expect(`${result.state}${reason}`).toBe(expected.replace(/ \(.*/, ''))
          await bench.expectNothingLeft()
          await bench.clear()
          // the first one may open what stays open
          before ??= await handles()
        }
      }
      await expect.poll(handles, { timeout: 10_000 }).toBeLessThanOrEqual(before! + 2)
    },
    60_000 + rounds * 240_000,
  )
})
