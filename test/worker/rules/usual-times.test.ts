import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type ActionContext, isEndState, type JobStatus, RunRouter } from '@prompt-papermill/core'
import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { createWorker, makeConfig } from '@prompt-papermill/worker'
import { describe, expect, it, onTestFinished } from 'vitest'

import { UsualCellTimes } from '../../../packages/worker/src/rules/usual-times.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { attemptOf, jobOf, openedLedger, running, stoppedRun } from '../../support/ledgers.ts'
import { hasPython, python, root } from '../../support/python.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const template = '/templates/a.ipynb'
const context = { job: { id: 'j', rule: 'rule', entry: 'entry' } } as ActionContext

/** A ledger with attempts that succeeded, and their manifests. */
async function succeeded(...seconds: readonly unknown[]) {
  const folder = await temporaryFolder()
  const { ledger } = await openedLedger()
  const folders: string[] = []
  for (const [i, cell_seconds] of seconds.entries()) {
    const resultsDir = join(folder, `attempt-${i}`)
    folders.push(resultsDir)
    await mkdir(resultsDir)
    await writeFile(join(resultsDir, 'manifest.json'), JSON.stringify({ template, cell_seconds }))
    const run = stoppedRun({ uid: `run-${i}` })
    const job = jobOf(run, { rule: 'rule', entry: 'entry', template })
    await ledger.received({ run, rules: [], jobs: [job] })
    const state = { state: 'succeeded' } as const
    await ledger.attempt(attemptOf(job, { state: 'succeeded', resultsDir }))
    await ledger.status(running(job, { state, resultsDir }))
  }
  const router = new RunRouter()
  const usual = new UsualCellTimes()
  usual.follow(ledger, router)
  const look = (of = template) => usual.of(of)(undefined as never, context)
  return {
    folders,
    router,
    look,
    job: (n: number) =>
      jobOf(stoppedRun({ uid: `run-${n}` }), { rule: 'rule', entry: 'entry', template }),
  }
}

describe('the usual times of a notebook’s cells', () => {
  it('are those of the attempt of its rule and entry that last succeeded', async () => {
    const { look } = await succeeded([1, 2], [3, 4])
    expect(await look()).toEqual([3, 4])
    expect(await look('/templates/another.ipynb')).toBe(undefined)
  })

  it('are those of the one before where retention has taken the last', async () => {
    const { look, folders } = await succeeded([1, 2], [3, 4])
    await rm(folders[1]!, { recursive: true })
    expect(await look()).toEqual([1, 2])
  })

  it('are not known where a manifest has none', async () => {
    expect(await (await succeeded()).look()).toBe(undefined)
    expect(await (await succeeded('no list', undefined, [1, 'x'])).look()).toBe(undefined)
  })

  it('are those of a job that succeeds meanwhile, and not of one that fails', async () => {
    const { look, folders, router, job } = await succeeded([1, 2], [3, 4])
    const tell = (state: JobStatus['state'], resultsDir: string) =>
      router.queue.events.emit('status', running(job(9), { state, resultsDir }))
    tell({ state: 'failed', reason: 'cell-error', message: '' }, '/nowhere')
    expect(await look()).toEqual([3, 4])
    tell({ state: 'succeeded' }, folders[0]!)
    expect(await look()).toEqual([1, 2])
  })

  it.skipIf(!hasPython)('reach the progress of the next run, also after a restart', async () => {
    const folder = await temporaryFolder()
    const config = makeConfig({
      ...{ templates: join(root, 'test/fixtures/notebooks'), results: join(folder, 'results') },
      ...{ python, http: false, kernels: { warm: 0 } },
      rules: [{ name: 'r', when: {}, notebooks: [{ template: 'prints-parameters.ipynb' }] }],
    })
    const remaining: unknown[] = []
    for (let life = 0; life < 2; life += 1) {
      const source = new FakeSource()
      const worker = await createWorker(config, { sources: [source], logger: readLogger().logger })
      onTestFinished(() => worker.stop())
      const seen: unknown[] = []
      worker.router.events.on('job', ({ state }) => {
        if (state.state === 'running' && state.progress?.event === 'started') {
          seen.push(state.progress.remainingSeconds)
        }
        if (isEndState(state)) seen.push(state.state)
      })
      source.send(...makeRunDocuments().messages)
      await worker.router.settled()
      await worker.stop()
      remaining.push(seen)
    }
    const number = expect.any(Number) as number
    expect(remaining).toEqual([
      [undefined, undefined, undefined, 'succeeded'],
      [number, number, number, 'succeeded'],
    ])
  })
})
