import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import {
  documentsSpool,
  MemoryJobQueue,
  RemoteDispatcher,
  runOnDisk,
  RunRouter,
  type RunRecord,
} from '@prompt-papermill/core'

import type { Config } from './config/compile.js'
import { controlApp } from './control/control-app.js'
import { isWorkerRunning } from './control/control-client.js'
import { serveControl } from './control/serve-control.js'
import { healthOf } from './http/health.js'
import { readingApp } from './http/app.js'
import { serveHttp } from './http/serve-http.js'
import type { Listening } from './http/server.js'
import { openLedgerFile } from './ledger/ledger-file.js'
import type { Ledger } from './ledger/ledger.js'
import { noteRuns } from './ledger/note-runs.js'
import { RecordingQueue } from './ledger/recording-queue.js'
import { logSource } from './log/log-source.js'
import { logRuns } from './log/log-runs.js'
import { makeLogger } from './log/logger.js'
import { replayFiles } from './replay/replay-files.js'
import { groupId } from './config/group.js'
import { loadActions } from './rules/load-actions.js'
import { makeRules } from './rules/make-rules.js'
import { warnOfMissingTemplates } from './rules/templates-folder.js'
import { WarmKernels } from './rules/warm-kernels.js'
import { type Worker, type WorkerOptions, WorkerRunningError } from './worker-contract.js'

/**
 * Starts a worker: the one place that wires config, sources, router, ledger, queue and servers together.
 *
 * @throws ConfigError for rules or actions that can't be used, `WorkerRunningError` if another worker has the
 *   state folder, and errors of the file system.
 * @example
 * ```ts
 * import { createWorker, makeConfig } from '@prompt-papermill/worker'
 *
 * const config = makeConfig({ templates: '/tmp/templates', results: '/tmp/results', http: false })
 * const worker = await createWorker(config, { sources: [] })
 * await worker.stop()
 * ```
 */
export async function createWorker(config: Config, options: WorkerOptions = {}): Promise<Worker> {
  const logger = options.logger ?? makeLogger()
  const kernels = new WarmKernels(config.kernels, logger)
  const rules = makeRules(config, await loadActions(config), kernels.for)
  if (await isWorkerRunning(config.state)) throw new WorkerRunningError(config.state)
  await warnOfMissingTemplates(config.templates, logger)
  await mkdir(config.state, { recursive: true })
  const ledger = await openLedgerFile(config.state)
  const failed = (err: unknown): void => logger.error({ err }, 'the ledger could not be written')

  const queue = new RecordingQueue(
    new MemoryJobQueue({
      concurrency: config.concurrency,
      retry: config.retry,
      known: [...ledger.contents.jobs.values()],
    }),
    ledger,
    failed,
  )
  const { root, pattern, umask, group } = config.results
  const access = { umask, gid: await groupId(group) }
  const runAction = runOnDisk({ root, pattern, access, logger })
  const documents = join(config.state, 'documents')
  const router = new RunRouter([], { queue, runAction, spool: documentsSpool(documents) })
  router.setRules(rules)
  for (const run of openRuns(ledger)) router.restore(run)
  noteRuns(router, ledger, failed)
  logRuns(router, logger)

  const sources =
    options.sources ?? config.sources.map((source) => new RemoteDispatcher(source.address, source))
  for (const source of sources) {
    logSource(source, logger)
    source.subscribe(router)
  }
  const servers: Listening[] = []
  const place = { queue, ledger, rules, runAction, documents }
  const worker: Worker & { httpPort: number | null } = {
    config,
    ledger,
    router,
    sources,
    httpPort: null,
    health: () => healthOf(worker),
    replay: (files, request, tell) => replayFiles(files, place, request, tell),
    async stop() {
      await Promise.all(sources.map((source) => source.stop()))
      await router.decided()
      await queue.stop(config.grace)
      await Promise.all([kernels.close(), ...servers.map((server) => server.close())])
      await ledger.close()
    },
  }
  try {
    servers.push(await serveControl(controlApp(worker), config.state))
    if (config.http) {
      const http = await serveHttp(readingApp(worker), config.http, logger)
      if (http) servers.push(http)
      worker.httpPort = http?.port ?? null
    }
    kernels.start()
    await queue.start(router.performer)
    await Promise.all(sources.map((source) => source.start()))
    return worker
  } catch (error) {
    await worker.stop()
    throw error
  }
}

/** How many runs that never stopped are known again; older ones will not stop any more. */
const maxRestored = 100

function openRuns({ contents }: Ledger): RunRecord[] {
  const open = [...contents.runs.values()].filter(({ run }) => !run.stop)
  return open.slice(-maxRestored).map(({ run }) => run)
}
