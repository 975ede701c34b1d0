import { join } from 'node:path'

import {
  documentsSpool,
  MemoryJobQueue,
  RemoteDispatcher,
  ResultsRoot,
  ruleLimits,
  runOnDisk,
  RunRouter,
} from '@prompt-papermill/core'

import type { Config } from './config/compile.js'
import { groupId } from './config/group.js'
import { withoutRestart } from './config/restart-keys.js'
import { controlApp } from './control/control-app.js'
import { serveControl } from './control/serve-control.js'
import { Endings } from './endings.js'
import { readingApp } from './http/app.js'
import { healthOf } from './http/health.js'
import { serveHttp } from './http/serve-http.js'
import { endWork } from './ledger/end-work.js'
import { logUnnoted, noteRuns, receiveBy } from './ledger/note-runs.js'
import { openLedger } from './ledger/open-ledger.js'
import { recoverJobs } from './ledger/recover-jobs.js'
import { RecordingQueue } from './ledger/recording-queue.js'
import { logRuns } from './log/log-runs.js'
import { logSource } from './log/log-source.js'
import { makeLogger } from './log/logger.js'
import { replayFiles } from './replay/replay-files.js'
import { DailyPruning } from './retention/prune-daily.js'
import { PatientResults } from './results/patient-results.js'
import { removeTornDocuments } from './results/torn-documents.js'
import { stayPaused } from './operations/pausing.js'
import { RulesInForce } from './rules/rules-in-force.js'
import { warnOfMissingTemplates } from './rules/templates-folder.js'
import type { Worker, WorkerOptions } from './worker-contract.js'

/**
 * Starts a worker: the one place that wires config, sources, router, ledger, queue and servers together.
 *
 * @throws ConfigError for rules or actions that can't be used, `WorkerRunningError` if another worker has the
 *   state folder, LedgerError for a ledger that can't be used, BlueskyError `bad-option` or `bad-address` for options
 *   that core refuses, and errors of the file system.
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
  const endings = new Endings()
  try {
    return await begin(config, options, endings)
  } catch (error) {
    await endings.all()
    throw error
  }
}

async function begin(config: Config, options: WorkerOptions, endings: Endings): Promise<Worker> {
  const logger = options.logger ?? makeLogger()
  const rules = await RulesInForce.open(config, logger)
  endings.add(() => rules.close())
  await warnOfMissingTemplates(config.templates, logger)
  const { umask, group, pattern } = config.results
  const access = { umask, gid: await groupId(group) }
  const root = new ResultsRoot(config.results.root, access)
  await root.open()
  const ledger = await openLedger(config.state, logger)
  endings.add(() => ledger.close())

  const results = { root: root.path, pattern }
  const documents = join(config.state, 'documents')
  await removeTornDocuments(documents)
  const unnoted = logUnnoted(logger)
  const { concurrency, capacity, retry } = config
  const known = await recoverJobs(ledger, { ...results, retry }, logger)
  const queue = new RecordingQueue(
    new MemoryJobQueue({ concurrency, capacity, retry, rules: ruleLimits(rules.list), known }),
    ledger,
    unnoted,
  )
  const patient = new PatientResults(root, logger)
  const runAction = patient.around(runOnDisk({ ...results, access, logger }))
  const spool = documentsSpool(documents)
  const received = receiveBy(ledger)
  const router = new RunRouter([], { queue, runAction, spool, received, ...config.runs })
  router.setRules(rules.list)
  for (const run of await ledger.openRuns(config.runs.maxOpenRuns)) router.restore(run)
  noteRuns(router, ledger, unnoted)
  logRuns(router, logger)

  const sources =
    options.sources ?? config.sources.map((source) => new RemoteDispatcher(source.address, source))
  for (const source of sources) {
    logSource(source, logger)
    source.on('disconnected', () => router.connectionLost())
    source.subscribe(router)
  }
  const place = { queue, ledger, rules, runAction, documents }
  const worker: Worker & { config: Config; httpPort: number | null } = {
    config,
    ledger,
    router,
    sources,
    httpPort: null,
    health: () => healthOf(worker, [ledger.trouble?.message ?? null, patient.trouble]),
    replay: (files, request, tell) => replayFiles(files, place, request, tell),
    async reload(wanted) {
      const { config: next, needsRestart } = withoutRestart(worker.config, wanted)
      await rules.change(next)
      await warnOfMissingTemplates(next.templates, logger)
      router.setRules(rules.list)
      await queue.setLimits({ concurrency: next.concurrency, rules: ruleLimits(rules.list) })
      worker.config = next
      return needsRestart
    },
    stop: () => endings.all(),
  }
  const pruning = new DailyPruning(
    { ledger, results: root.path, documents },
    () => worker.config.retention,
    logger,
  )
  endings.add(() => pruning.close())
  const control = await serveControl(controlApp(worker), config.state)
  endings.add(() => control.close())
  const http = config.http && (await serveHttp(readingApp(worker), config.http, logger))
  if (http) {
    endings.add(() => http.close())
    worker.httpPort = http.port
  }
  rules.start()
  pruning.start()
  await stayPaused(config.state, queue, logger)
  endings.add(() => endWork(router, queue, ledger, worker.config.grace))
  await queue.start(router.performer, router.ready)
  endings.add(() => Promise.all(sources.map((source) => source.stop())))
  await Promise.all(sources.map((source) => source.start()))
  return worker
}
