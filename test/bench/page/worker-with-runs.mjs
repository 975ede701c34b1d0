import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { createWorker, makeConfig, makeLogger } from '@prompt-papermill/worker'

const action = `export default { name: 'act', run: async () => ({ state: 'succeeded' }) }\n`
const plans = ['reflection_scan', 'count', 'rel_scan', 'fly']

/** A worker that has acted on so many runs, with its page. */
export async function workerWithRuns(count) {
  const folder = await mkdtemp(join(tmpdir(), 'page-bench-'))
  await writeFile(join(folder, 'act.mjs'), action)
  await mkdir(join(folder, 'templates'))
  const config = makeConfig(
    {
      ...{ templates: 'templates', results: 'results', state: 'state', http: { port: 0 } },
      kernels: { warm: 0 },
      actions: { act: './act.mjs' },
      rules: [{ name: 'all', when: {}, actions: [{ use: 'act' }] }],
    },
    join(folder, 'worker.yml'),
  )
  const source = new FakeSource()
  const logger = makeLogger({ level: 'error' })
  const worker = await createWorker(config, { sources: [source], logger })
  let sent = 0
  const arrive = () => {
    sent += 1
    const options = {
      plan_name: plans[sent % plans.length],
      scan_id: sent,
      time: Date.now() / 1000,
      metadata: { sample_name: `sample ${sent % 100}` },
    }
    source.send(...makeRunDocuments(options).messages)
  }
  for (let batch = 0; batch < count / 500; batch += 1) {
    for (let i = 0; i < 500; i += 1) arrive()
    await worker.router.settled()
  }
  return {
    url: `http://127.0.0.1:${worker.httpPort}/`,
    arrive,
    async remove() {
      await worker.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
