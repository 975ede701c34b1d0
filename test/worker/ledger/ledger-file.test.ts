import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type JobStatus, Run } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { openLedgerFile, readLedger } from '../../../packages/worker/src/ledger/ledger-file.ts'
import { jobRow, runRows } from '../../../packages/worker/src/ledger/rows.ts'
import { temporaryFolder } from '../../support/command-line.ts'

function stoppedRun(uid: string): Run {
  const run = new Run(uid)
  const big = 2n ** 70n
  run.add({ name: 'start', doc: { uid, time: 1, plan_name: 'count', scan_id: 7, noise: NaN, big } })
  run.add({ name: 'stop', doc: { uid: 's', time: 2, run_start: uid, exit_status: 'success' } })
  return run
}

function statusOf(run: Run, state: JobStatus['state'], attempt: number): JobStatus {
  return {
    job: {
      id: `${run.uid}-1`,
      run: run.toRecord(),
      rule: 'r',
      entry: 'e',
      action: 'a',
      template: null,
      parameters: {},
      documents: null,
      retry: null,
      queuedAt: '2026-11-23T00:00:00.000Z',
      decided: null,
    },
    state,
    attempt,
    resultsDir: null,
    startedAt: null,
    finishedAt: null,
    interruptions: 0,
  }
}

describe('the ledger file', () => {
  it('is empty where there is none', async () => {
    const { runs, jobs } = await readLedger(join(temporaryFolder(), 'none'))
    expect([runs.size, jobs.size]).toEqual([0, 0])
  })

  it('knows runs and jobs again, each as it stood last, with every value of the Run Start', async () => {
    const state = temporaryFolder()
    const run = stoppedRun('abc')
    const ledger = await openLedgerFile(state)
    await ledger.noteRun({ run: run.toRecord(), startedAt: 'x', stoppedAt: 'y' })
    await ledger.noteJob(statusOf(run, { state: 'queued' }, 0))
    await ledger.noteJob(statusOf(run, { state: 'succeeded' }, 1))
    await ledger.close()
    for (const contents of [await readLedger(state), (await openLedgerFile(state)).contents]) {
      expect(contents.runs.get('abc')?.run).toEqual(run.toRecord())
      const status = contents.jobs.get('abc-1')
      expect(status?.state.state).toBe('succeeded')
      expect(status && jobRow(status)).toMatchObject({ plan_name: 'count', scan_id: 7, attempt: 1 })
      expect(runRows(contents)).toMatchObject([{ uid: 'abc', jobs: ['abc-1'], complete: true }])
    }
  })

  it('leaves out a last line that a crash cut short', async () => {
    const state = temporaryFolder()
    const ledger = await openLedgerFile(state)
    await ledger.noteRun({ run: stoppedRun('abc').toRecord(), startedAt: 'x', stoppedAt: 'y' })
    await ledger.close()
    await appendFile(join(state, 'ledger.jsonl'), '{"run": {"run": {"uid": "d')
    const reopened = await openLedgerFile(state)
    await reopened.noteRun({ run: stoppedRun('def').toRecord(), startedAt: 'x', stoppedAt: null })
    await reopened.close()
    expect([...(await readLedger(state)).runs.keys()]).toEqual(['abc', 'def'])
  })

  it('writes what comes together in order, and resolves when it is written', async () => {
    const state = temporaryFolder()
    const ledger = await openLedgerFile(state)
    const uids = Array.from({ length: 50 }, (_, i) => `run-${i}`)
    await Promise.all(
      uids.map((uid) =>
        ledger.noteRun({ run: stoppedRun(uid).toRecord(), startedAt: null, stoppedAt: null }),
      ),
    )
    const text = await readFile(join(state, 'ledger.jsonl'), 'utf8')
    expect(text.trim().split('\n')).toHaveLength(50)
    await ledger.close()
    expect([...(await readLedger(state)).runs.keys()]).toEqual(uids)
  })
})
