import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { isEndState, type JobStatus } from '@prompt-papermill/core'
import { makeRunDocuments, type RunDocumentsOptions } from '@prompt-papermill/core/testing'
import {
  type ConfigGiven,
  createWorker,
  makeConfig,
  makeLogger,
  type Worker,
} from '@prompt-papermill/worker'
import { onTestFinished } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

/** An action that ends as the file `outcome` beside it says, once that is there; `{state: 'succeeded'}` else. */
const action = `
import { readFile, appendFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout } from 'node:timers/promises'
const folder = dirname(fileURLToPath(import.meta.url))
export default {
  name: 'act',
  async run(run, { parameters, signal, job, documents }) {
    await appendFile(join(folder, 'began'), JSON.stringify({ entry: job.entry, parameters, documents }) + '\\n')
    if (parameters.sleep) {
      await setTimeout(parameters.sleep * 1000, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return { state: 'cancelled', message: signal.reason.message }
    }
    const text = await readFile(join(folder, 'outcome'), 'utf8').catch(() => '{"state":"succeeded"}')
    return JSON.parse(text)
  },
}
`

/** A worker without sources in a folder of its own, whose action is as the test says. */
export class Operated {
  private constructor(
    readonly folder: string,
    public worker: Worker,
  ) {}

  static async start(given: Partial<ConfigGiven> = {}): Promise<Operated> {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'act.mjs'), action)
    await mkdir(join(folder, 'templates'))
    const operated = new Operated(folder, await startWorker(folder, given))
    onTestFinished(() => operated.worker.stop())
    return operated
  }

  /** Stops the worker and starts another one on its folders. */
  async restart(given: Partial<ConfigGiven> = {}): Promise<void> {
    await this.worker.stop()
    this.worker = await startWorker(this.folder, given)
  }

  /** Puts another config in force. */
  reload(given: Partial<ConfigGiven>): Promise<readonly string[]> {
    return this.worker.reload(configIn(this.folder, given))
  }

  config(given: Partial<ConfigGiven>) {
    return configIn(this.folder, given)
  }

  /** How the action's attempts end from now on. */
  async outcome(result: object): Promise<void> {
    await writeFile(join(this.folder, 'outcome'), JSON.stringify(result))
  }

  /** Has a run come; resolves with the ids of its jobs once they are queued. */
  async run(options: RunDocumentsOptions = {}): Promise<string[]> {
    const { uid, messages } = makeRunDocuments(options)
    for (const message of messages) this.worker.router.dispatch(message)
    await this.worker.router.decided()
    const { rows } = await this.worker.ledger.jobs({ uid, order: 'oldest' })
    return rows.map(({ id }) => id)
  }

  /** As {@link Operated.run}; resolves when the jobs have ended. */
  async runToEnd(options: RunDocumentsOptions = {}): Promise<string[]> {
    const ids = await this.run(options)
    await this.worker.router.settled()
    return ids
  }

  /** Resolves with a job's status once it is so. */
  async when(id: string, isSo: (status: JobStatus) => boolean): Promise<JobStatus> {
    const { queue } = this.worker.router
    return new Promise((resolve, reject) => {
      const look = (status: JobStatus | undefined): void => {
        if (status?.job.id !== id || !isSo(status)) return
        queue.events.off('status', look)
        resolve(status)
      }
      queue.events.on('status', look)
      queue.get(id).then(look, reject)
    })
  }

  /** Resolves when a job runs in its folder. */
  whenRunning(id: string): Promise<JobStatus> {
    return this.when(
      id,
      ({ state, resultsDir }) => state.state === 'running' && resultsDir !== null,
    )
  }

  whenEnded(id: string): Promise<JobStatus> {
    return this.when(id, ({ state }) => isEndState(state))
  }

  /** What was done, by whom, the oldest first. */
  async acts(): Promise<unknown[]> {
    const { rows } = await this.worker.ledger.acts({ order: 'oldest' })
    return rows.map(({ who, what, job, details }) => [who, what, job, details])
  }
}

function configIn(folder: string, given: Partial<ConfigGiven>) {
  return makeConfig(
    {
      templates: join(folder, 'templates'),
      results: join(folder, 'results'),
      state: join(folder, 'state'),
      http: false,
      kernels: { warm: 0 },
      actions: { act: './act.mjs' },
      rules: [{ name: 'all', when: {}, actions: [{ use: 'act' }] }],
      ...given,
    },
    join(folder, 'worker.yml'),
  )
}

function startWorker(folder: string, given: Partial<ConfigGiven>): Promise<Worker> {
  const logger = makeLogger({ level: 'silent' })
  return createWorker(configIn(folder, given), { sources: [], logger })
}

export const cellError = { state: 'failed', reason: 'cell-error', message: '1/0' }
