import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createWorker, makeConfig, makeLogger } from '@prompt-papermill/worker'

/** A worker in a folder of its own, and how to end it and remove the folder. */
export async function workerWith(config, sources) {
  const folder = await mkdtemp(join(tmpdir(), 'prompt-papermill-bench-'))
  const logger = makeLogger({ level: 'fatal' })
  const worker = await createWorker(
    makeConfig({
      templates: join(folder, 'templates'),
      results: join(folder, 'results'),
      http: false,
      kernels: { warm: 0 },
      ...config,
    }),
    { logger, ...(sources ? { sources } : {}) },
  )
  const remove = async () => {
    await worker.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { worker, remove }
}
