import type { Config } from '../config/config.js'
import type { WorkerLogger } from '../log/logger.js'
import { createExecutor } from '../executor.js'
import { createWorker } from '../worker.js'
import type { Reloadable } from './reload-on-hangup.js'

/** What a process does of what a worker does. */
export type Role = 'intake' | 'executor' | 'both'

/** A process of any role. */
export interface Running extends Reloadable {
  stop(): Promise<void>
}

/** Starts what a role asks for, and says so in the log. */
export async function startRole(
  role: Role,
  config: Config,
  logger: WorkerLogger,
): Promise<Running> {
  const said = {
    config: config.file,
    results: config.results.root,
    pid: process.pid,
    ...(config.queue.kind === 'bullmq' ? { role, redis: config.queue.url } : {}),
  }
  if (role === 'executor') {
    const executor = await createExecutor(config, { logger })
    logger.info({ ...said, concurrency: config.concurrency }, 'the executor has started')
    return executor
  }
  const worker = await createWorker(config, { logger, role })
  logger.info(
    {
      ...said,
      sources: worker.sources.map(({ description }) => description),
      rules: worker.router.rules.map(({ rule }) => rule.name),
      http_port: worker.httpPort,
    },
    'the worker has started',
  )
  return worker
}
