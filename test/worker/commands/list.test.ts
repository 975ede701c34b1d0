import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { jobs, runs } from '../../../packages/worker/src/commands/list.ts'
import { jobOf, openedLedger, stoppedRun } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** A deployment whose ledger has so many runs of a job each, and what a command writes. */
async function withRuns(count: number) {
  const folder = await temporaryFolder()
  const { ledger, state } = await openedLedger(folder)
  const config = join(folder, 'worker.yml')
  await writeFile(config, `templates: ${folder}\nresults: ${folder}\nstate: ${state}\n`)
  await Promise.all(
    Array.from({ length: count }, (_, i) => {
      const run = stoppedRun({ uid: `run-${i}`, plan_name: `plan \u001b[31m${i}` })
      return ledger.received({ run, rules: [], jobs: [jobOf(run, { id: `job-${i}` })] })
    }),
  )
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text)
      return true
    })
    onTestFinished(() => spy.mockRestore())
  }
  return { config, written }
}

const idsIn = (text: string) =>
  [...text.matchAll(/"id":"(?<id>[^"]+)"/gu)].map(({ groups }) => groups?.id)

describe('the lists of the command line', () => {
  it('have all as JSON, oldest first, however many there are', async () => {
    const { config, written } = await withRuns(1100)
    expect(await jobs({ config, json: true })).toBe(0)
    expect(idsIn(written.stdout)).toEqual(Array.from({ length: 1100 }, (_, i) => `job-${i}`))
  })

  it('have the newest alone if that is asked for', async () => {
    const { config, written } = await withRuns(10)
    await jobs({ config, json: true, limit: 3 }, { state: 'queued' })
    expect(idsIn(written.stdout)).toEqual(['job-7', 'job-8', 'job-9'])
  })

  it('are a table of the newest, which says that there are more, and shows marks as text', async () => {
    const { config, written } = await withRuns(101)
    await runs({ config })
    const lines = written.stdout.trim().split('\n')
    expect(lines).toHaveLength(101)
    expect(lines[1]).toContain('run-1 ')
    expect(lines.at(-1)).toMatch(/run-100 .*plan \\u001b\[31m100/u)
    expect(written.stderr).toBe(
      'the newest 100 are shown; give --limit N for more, or --json for all\n',
    )
  })

  it('say that there is nothing', async () => {
    const { config, written } = await withRuns(0)
    await runs({ config })
    await jobs({ config, json: true })
    expect(written.stdout).toMatch(/^no runs in the ledger of .*\n$/u)
  })

  it('are empty where no worker has ever run', async () => {
    const { config, written } = await withRuns(0)
    const state = join(await temporaryFolder(), 'none')
    await writeFile(config, `templates: /t\nresults: /r\nstate: ${state}\n`)
    expect([await jobs({ config }), await runs({ config, json: true })]).toEqual([0, 0])
    expect(written).toEqual({ stdout: `no jobs in the ledger of ${state}\n`, stderr: '' })
  })
})
