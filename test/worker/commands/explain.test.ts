import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { explain } from '../../../packages/worker/src/commands/explain.ts'
import { openedLedger, stoppedRun } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const { start, stop } = makeRunDocuments({ plan_name: 'count', exit_status: 'abort' })

/** What `explain --json` says of the default rule's only job, with the template `count.ipynb`. */
async function explained(documents: Readonly<Record<string, object>>): Promise<unknown> {
  const folder = await temporaryFolder()
  const at = (name: string): string => join(folder, name)
  await mkdir(at('templates'))
  await writeFile(at('templates/count.ipynb'), '{}')
  await writeFile(at('worker.yml'), `templates: ${at('templates')}\nresults: ${at('results')}\n`)
  for (const [name, doc] of Object.entries(documents)) {
    await writeFile(at(name), JSON.stringify(doc))
  }
  const files = Object.fromEntries(Object.keys(documents).map((name) => [name, at(name)]))
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => write.mockRestore())
  expect(await explain({ config: at('worker.yml'), json: true, ...files })).toBe(0)
  const said = JSON.parse(String(write.mock.calls[0]?.[0])) as { rules: { jobs: unknown[] }[] }
  expect(said.rules.map(({ jobs }) => jobs.length)).toEqual([1])
  return said.rules[0]?.jobs[0]
}

describe('what would run, as explain has it', () => {
  it('is skipped where the exit status is not asked for, with the reason that the job would have', async () => {
    expect(await explained({ start, stop })).toMatchObject({
      entry: 'count',
      state: 'skipped',
      reason: 'exit-status',
      message: 'the run ended with abort; analysed is success',
    })
  })

  it('is queued while the exit status is not known', async () => {
    expect(await explained({ start })).toMatchObject({
      state: 'queued',
      reason: null,
      message: null,
    })
  })
})

describe('a run that the ledger has', () => {
  const uid = '5d8beb4d-8b22-44a9-a1da-0839189a2104'

  /** What `explain --uid` says of it. */
  async function explainedOf(text: string): Promise<string> {
    const folder = await temporaryFolder()
    const { ledger, state } = await openedLedger(folder)
    const run = stoppedRun({ uid, plan_name: 'grid/scan' })
    await ledger.received({ run, rules: [], jobs: [] })
    const config = join(folder, 'worker.yml')
    await writeFile(config, `templates: ${folder}\nresults: ${folder}\nstate: ${state}\n`)
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    onTestFinished(() => write.mockRestore())
    await explain({ config, uid: text })
    return String(write.mock.calls[0]?.[0]).replaceAll(folder, 'FOLDER')
  }

  it('is explained by the beginning of its uid, with the notebook that is not there', async () => {
    expect(await explainedOf('5d8beb4d')).toMatch(
      /^run 5d8beb4d-.*: there is no grid_scan.*\.ipynb in FOLDER\n$/su,
    )
  })

  it('is not taken for another, and the answer says what there is', async () => {
    await expect(explainedOf('6')).rejects.toThrow(
      /has no run 6; `prompt-papermill runs` lists those that there are/u,
    )
  })
})
