import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { listArtifacts } from '@prompt-papermill/core'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'

import { checkJob } from '../../../packages/worker/src/commands/demo/check-results.ts'
import type { JobRow } from '../../../packages/worker/src/ledger/rows.ts'
import { temporaryFolder } from '../../support/command-line.ts'

const run = { uid: 'abc', plan_name: 'p', exit_status: 'success', events: 11 }

function job(change: Partial<JobRow>): JobRow {
  return {
    id: 'j',
    uid: 'abc',
    plan_name: 'p',
    scan_id: 1,
    sample: null,
    rule: 'default',
    entry: 'p',
    action: 'papermill',
    template: null,
    state: 'succeeded',
    reason: null,
    message: null,
    attempt: 1,
    results_dir: null,
    queued_at: '',
    started_at: null,
    finished_at: null,
    ...change,
  }
}

function picture(colour: readonly [number, number, number]): Buffer {
  const png = new PNG({ width: 4, height: 4 })
  for (let at = 0; at < png.data.length; at += 4) png.data.set([...colour, 255], at)
  return PNG.sync.write(png)
}

async function results(): Promise<string> {
  const folder = temporaryFolder()
  const notebook = {
    cells: [
      { source: ['uid = "abc"\n'], metadata: { tags: ['injected-parameters'] }, outputs: [] },
      { source: '', metadata: {}, outputs: [{ text: ['11 events of run abc\n'] }] },
    ],
  }
  await writeFile(join(folder, 'p.ipynb'), JSON.stringify(notebook))
  await writeFile(join(folder, 'p.png'), picture([31, 119, 180]))
  const { artifacts } = await listArtifacts(folder)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ uid: 'abc', artifacts }))
  return folder
}

async function problems(folder: string): Promise<string[]> {
  const proofs = await checkJob(run, job({ results_dir: folder }))
  return proofs.filter(({ problem }) => problem !== null).map(({ claim }) => claim)
}

describe('the demo’s check of a job', () => {
  it('finds nothing wrong with good results', async () => {
    expect(await problems(await results())).toEqual([])
  })

  it('finds a notebook of another run, or that read other events', async () => {
    const folder = await results()
    await writeFile(join(folder, 'p.ipynb'), JSON.stringify({ cells: [] }))
    expect(await problems(folder)).toEqual([
      'the notebook has the run’s uid',
      'the notebook read the run’s 11 events',
      'the manifest’s hashes are those of the files',
    ])
  })

  it('finds a figure in which nothing is drawn', async () => {
    const folder = await results()
    await writeFile(join(folder, 'p.png'), picture([255, 255, 255]))
    expect(await problems(folder)).toContain('the figure is a PNG that is not blank')
  })

  it('finds a missing manifest', async () => {
    const folder = await results()
    await writeFile(join(folder, 'manifest.json'), '{}')
    expect(await problems(folder)).toEqual(['the manifest’s hashes are those of the files'])
  })

  it('finds a failed run that was analysed all the same', async () => {
    const failed = { ...run, exit_status: 'fail' }
    const [proof] = await checkJob(failed, job({ results_dir: await results() }))
    expect(proof?.problem).toBe('it is succeeded (null)')
    const [skipped] = await checkJob(failed, job({ state: 'skipped', reason: 'exit-status' }))
    expect(skipped?.problem).toBeNull()
  })
})
