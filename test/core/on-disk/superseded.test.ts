import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type AttemptOutcome, type Manifest, Run, runOnDisk } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

async function attempt(stillCounts: () => Promise<boolean>): Promise<AttemptOutcome> {
  const job = makeJob()
  const signal = new AbortController().signal
  const request = { attempt: 1, signal, progress: () => undefined, stillCounts }
  const action = { name: 'test', run: () => Promise.resolve({ state: 'succeeded' } as const) }
  return runOnDisk({ root: await temporaryFolder() })({
    job,
    run: Run.fromRecord(job.run),
    action,
    request,
  })
}

async function manifestOf({ resultsDir }: AttemptOutcome): Promise<Manifest> {
  return JSON.parse(await readFile(join(resultsDir!, 'manifest.json'), 'utf8')) as Manifest
}

describe('an attempt that another took the place of', () => {
  it('leaves a manifest that nobody takes for the result', async () => {
    const outcome = await attempt(() => Promise.resolve(false))
    expect(outcome.result).toMatchObject({ state: 'failed', reason: 'interrupted' })
    const { state, reason, message } = await manifestOf(outcome)
    expect([state, reason]).toEqual(['failed', 'interrupted'])
    expect(message).toContain('another attempt took its place')
  })

  it('leaves its own as long as it counts', async () => {
    const outcome = await attempt(() => Promise.resolve(true))
    expect(await manifestOf(outcome)).toMatchObject({ state: 'succeeded', reason: null })
  })
})
