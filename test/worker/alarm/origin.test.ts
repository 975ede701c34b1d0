import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { createWorker } from '@prompt-papermill/worker'
import { expect, it, onTestFinished } from 'vitest'

import { readLogger } from '../../support/failing-ledger.ts'
import { watchedConfig } from '../metrics/support.ts'

class CatchUp extends FakeSource {
  override get origin(): 'catch-up' {
    return 'catch-up'
  }
}

it('what is fetched from a data server does not count as coming from the beamline', async () => {
  const [live, fetched] = [new FakeSource(), new CatchUp()]
  const { logger } = readLogger()
  const worker = await createWorker(await watchedConfig(), { sources: [live, fetched], logger })
  onTestFinished(() => worker.stop())
  fetched.send(...makeRunDocuments().messages)
  expect(worker.health().last_document_at).toBe(null)
  live.send(...makeRunDocuments().messages)
  expect(worker.health().last_document_at).not.toBe(null)
  await worker.router.settled()
})
