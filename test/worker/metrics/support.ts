import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  FakeSource,
  makeRunDocuments,
  type RunDocumentsOptions,
} from '@prompt-papermill/core/testing'
import { type ConfigGiven, createWorker, makeConfig, type Worker } from '@prompt-papermill/worker'
import { onTestFinished } from 'vitest'

import { readLogger } from '../../support/failing-ledger.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** An action that ends as its parameter `ends` says. */
const action = `
export default {
  name: 'act',
  run: async (run, { parameters }) => parameters.ends ?? { state: 'succeeded' },
}
`

/** The config of a worker in a folder, with one rule whose entry acts on every run. */
export async function watchedConfig(given: Partial<ConfigGiven> = {}) {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'act.mjs'), action)
  await mkdir(join(folder, 'templates'))
  return makeConfig(
    {
      templates: join(folder, 'templates'),
      results: join(folder, 'results'),
      state: join(folder, 'state'),
      http: { port: 0 },
      kernels: { warm: 0 },
      actions: { act: './act.mjs' },
      rules: [{ name: 'all', when: {}, actions: [{ use: 'act' }] }],
      ...given,
    },
    join(folder, 'worker.yml'),
  )
}

/** A worker with a source that the test sends documents by, and what it logs. */
export async function watchedWorker(given: Partial<ConfigGiven> = {}) {
  const source = new FakeSource()
  const { logger, lines } = readLogger()
  const worker = await createWorker(await watchedConfig(given), { sources: [source], logger })
  onTestFinished(() => worker.stop())
  return { worker, source, logger, lines }
}

/** Has a run come by a source; resolves when its jobs have ended. */
export async function runThrough(
  worker: Worker,
  source: FakeSource,
  options: RunDocumentsOptions = {},
): Promise<void> {
  source.send(...makeRunDocuments(options).messages)
  await worker.router.settled()
}

/** What a worker answers over HTTP. */
export async function ask(worker: Worker, path: string) {
  const response = await fetch(`http://127.0.0.1:${worker.httpPort ?? ''}${path}`)
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  }
}

/** The samples of a text in Prometheus' format, by name with labels. */
export async function samplesOf(worker: Worker): Promise<Map<string, number>> {
  const text = await worker.metrics.metrics()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at).replace('prompt_papermill_', ''), Number(line.slice(at + 1))]
    }),
  )
}
