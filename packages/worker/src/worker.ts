import {
  documentsSpool,
  ResultsRoot,
  ruleLimits,
  runOnDisk,
  RunRouter,
} from '@prompt-papermill/core'

import type { Config } from './config/config.js'
import { groupId } from './config/group.js'
import { withoutRestart } from './config/restart-keys.js'
import { controlApp } from './control/control-app.js'
import { serveControl } from './control/serve-control.js'
import { Endings } from './endings.js'
import { servePage } from './page-server/serve-page.js'
import { endWork } from './ledger/end-work.js'
import { logUnnoted, noteRuns, receiveBy } from './ledger/note-runs.js'
import { openLedger } from './ledger/open-ledger.js'
import { recoverJobs } from './ledger/recover-jobs.js'
import { logRuns } from './log/log-runs.js'

import { makeLogger } from './log/logger.js'
import { workerLogger } from './log/worker-logger.js'
import { documentsFolder } from './queue/documents-folder.js'
import { openQueue } from './queue/open-queue.js'
import { replayFiles } from './replay/replay-files.js'
import { DailyPruning } from './retention/prune-daily.js'
import { PatientResults } from './results/patient-results.js'
import { removeTornDocuments } from './results/torn-documents.js'
import { stayPaused } from './operations/pausing.js'
import { RulesInForce } from './rules/rules-in-force.js'
import { UsualCellTimes } from './rules/usual-times.js'
import { warnOfMissingTemplates } from './rules/templates-folder.js'
import { openSources } from './sources/open-sources.js'
import { Watching } from './watching.js'
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
  const logger = workerLogger(options.logger ?? makeLogger())
  const usual = new UsualCellTimes()
  const rules = await RulesInForce.open(config, logger, usual.of)
  endings.add(() => rules.close())
  await warnOfMissingTemplates(config.templates, logger)
  const { umask, group, pattern } = config.results
  const access = { umask, gid: await groupId(group) }
  const root = new ResultsRoot(config.results.root, access)
  await root.open()
  const ledger = await openLedger(config.state, logger)
  endings.add(() => ledger.close())

  const results = { root: root.path, pattern }
  const documents = documentsFolder(config)
  await removeTornDocuments(documents)
  const unnoted = logUnnoted(logger)
  const known = await recoverJobs(ledger, { ...results, retry: config.retry }, logger)
  const { role = 'both' } = options
  const queue = await openQueue({ config, role, rules: rules.list, ledger, known, unnoted, logger })
  const patient = new PatientResults(root, logger)
  const runAction = patient.around(runOnDisk({ ...results, access, logger }))
  const spool = documentsSpool(documents)
  const received = receiveBy(ledger)
  const router = new RunRouter([], { queue, runAction, spool, received, ...config.runs })
  router.setRules(rules.list)
  for (const run of await ledger.openRuns(config.runs.maxOpenRuns)) router.restore(run)
  noteRuns(router, ledger, unnoted)
  logRuns(router, logger)
  usual.follow(ledger, router)

  const sources = await openSources(config, { router, ledger, logger }, options.sources)
  const place = { queue, ledger, rules, runAction, documents, tiled: config.tiled }
  const worker: Worker & { config: Config; httpPort: number | null } = {
    config,
    ledger,
    router,
    sources,
    httpPort: null,
    health: () => watching.health(),
    probe: () => watching.probe(),
    get metrics() {
      return watching.metrics
    },
    replay: (files, request, tell) => replayFiles(files, place, request, tell),
    async reload(wanted) {
      const { config: next, needsRestart } = withoutRestart(worker.config, wanted)
      await rules.change(next)
      await warnOfMissingTemplates(next.templates, logger)
      router.setRules(rules.list)
      await queue.setLimits({ concurrency: next.concurrency, rules: ruleLimits(rules.list) })
      worker.config = next
      watching.change(next)
      return needsRestart
    },
    stop: () => endings.all(),
  }
  const performs = role === 'both'
  const watched = { sources, router, ledger, queue, results: patient, rules, logger, performs }
  const watching = new Watching({ ...watched, config: () => worker.config })
  endings.add(() => watching.close())
  const pruning = new DailyPruning(
    { ledger, results: root.path, documents },
    () => worker.config.retention,
    logger,
  )
  endings.add(() => pruning.close())
  const control = await serveControl(controlApp(worker), config.state)
  endings.add(() => control.close())
  const shown = { worker, ledger, results: root.path, file: config.file }
  const http = config.http && (await servePage(shown, config.http, logger))
  if (http) {
    endings.add(() => http.close())
    worker.httpPort = http.port
  }
  // whoever performs nothing needs no kernels
  if (performs) rules.start()
  pruning.start()
  await stayPaused(config.state, queue, logger)
  endings.add(() => endWork(router, queue, ledger, worker.config.grace))
  await queue.start(router.performer, router.ready)
  endings.add(() => Promise.all(sources.map((source) => source.stop())))
  await Promise.all(sources.map((source) => source.start()))
  return worker
}
