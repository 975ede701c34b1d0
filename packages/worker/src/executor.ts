import { stat } from 'node:fs/promises'

import { ResultsRoot, runOnDisk, RunRouter } from '@prompt-papermill/core'

import type { Config } from './config/config.js'
import { groupId } from './config/group.js'
import { withoutRestart } from './config/restart-keys.js'
import { Endings } from './endings.js'
import { makeLogger, type WorkerLogger } from './log/logger.js'
import { PatientResults } from './results/patient-results.js'
import { RulesInForce } from './rules/rules-in-force.js'
import { warnOfMissingTemplates } from './rules/templates-folder.js'
import { needsRedis } from './queue/open-queue.js'

/** A process that performs jobs which an intake hands out. */
export interface ExecutorProcess {
  /** The config in force. */
  readonly config: Config
  /** Puts another config in force; as `Worker.reload`. */
  reload(config: Config): Promise<readonly string[]>
  /** Takes nothing more, gives what runs the grace time, interrupts the rest; resolves when all has ended. */
  stop(): Promise<void>
}

/**
 * Starts an executor: rules, kernels and results as a worker has them; neither source nor ledger.
 *
 * @throws ConfigError for rules or actions that can't be used, and Error where the queue is not on Redis, a library is
 *   missing, or the results folder is not there.
 */
export async function createExecutor(
  config: Config,
  options: { readonly logger?: WorkerLogger } = {},
): Promise<ExecutorProcess> {
  const endings = new Endings()
  try {
    return await begin(config, options.logger ?? makeLogger(), endings)
  } catch (error) {
    await endings.all()
    throw error
  }
}

async function begin(
  config: Config,
  logger: WorkerLogger,
  endings: Endings,
): Promise<ExecutorProcess> {
  const { queue } = config
  if (queue.kind !== 'bullmq') throw new Error(needsRedis('executor'))
  const { openExecutor } = await import('./queue/bullmq/open-executor.js')
  const rules = await RulesInForce.open(config, logger)
  endings.add(() => rules.close())
  await warnOfMissingTemplates(config.templates, logger)
  const { umask, group, pattern, root: path } = config.results
  await checkShared(path)
  const access = { umask, gid: await groupId(group) }
  const root = new ResultsRoot(path, access)
  await root.open()
  const patient = new PatientResults(root, logger)
  const runAction = patient.around(runOnDisk({ root: root.path, pattern, access, logger }))
  const router = new RunRouter([], { runAction })
  router.setRules(rules.list)
  let inForce = config
  const { concurrency } = config
  const parts = { concurrency, performer: router.performer, logger }
  const executor = await openExecutor(queue, [root.path, queue.documents], parts)
  endings.add(() => executor.close(inForce.grace))
  rules.start()
  return {
    get config() {
      return inForce
    },
    async reload(wanted) {
      const { config: next, needsRestart } = withoutRestart(inForce, wanted)
      await rules.change(next)
      router.setRules(rules.list)
      executor.concurrency = next.concurrency
      inForce = next
      return needsRestart
    },
    stop: () => endings.all(),
  }
}

/** An executor never makes the results folder: without its disk, results would lie where nobody looks. */
async function checkShared(folder: string): Promise<void> {
  const there = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (there) return
  throw new Error(
    `the results folder ${folder} is not there: an executor needs the folder of the intake, at the same path; mount it, or start the intake first, which makes it`,
  )
}
