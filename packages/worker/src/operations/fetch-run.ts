import { decide, type Decision, type Job, newStatus, type SpooledRun } from '@prompt-papermill/core'
import { TiledClient } from '@prompt-papermill/core/tiled'

import { type RunFromTiled, runFromTiled } from '../catch-up/run-from-tiled.js'
import type { Worker } from '../worker-contract.js'
import { findTarget } from './find.js'
import { OperationError } from '../operation-error.js'
import type { RerunRequest } from './requests.js'
import type { RerunChoice } from './rerun-choice.js'

/** Stands for documents that are not kept, since nothing is run. */
const drySpool: SpooledRun = {
  write: () => undefined,
  finish: () => Promise.resolve('documents.jsonl'),
  discard: () => Promise.resolve(),
}

/**
 * Whether a job or run that is asked for has to come from the data server: the ledger does not know it.
 *
 * @throws OperationError as `findTarget`, if nobody knows it; BlueskyError `connection` if the server can't be asked.
 */
export async function isElsewhere(
  { config, ledger }: Pick<Worker, 'config' | 'ledger'>,
  target: string,
): Promise<boolean> {
  try {
    await findTarget(ledger, target)
    return false
  } catch (error) {
    if (!(error instanceof OperationError && error.kind === 'not-found')) throw error
    if (!config.tiled) throw error
    const client = new TiledClient(config.tiled)
    const found = await client.run(target)
    if (found?.stop) return true
    const why = found ? 'has it without its Run Stop' : 'has no run of that uid'
    throw new OperationError('not-found', `${error.message}; ${client.address} ${why}`)
  }
}

/** Has a run come from the data server, and decides it as any other: its jobs, which have begun. */
export async function* fetchRun(
  worker: Worker,
  uid: string,
  { dry_run: dry }: RerunRequest,
): AsyncGenerator<RerunChoice, void, undefined> {
  const { tiled } = worker.config
  const found = tiled && (await runFromTiled(tiled, uid))
  if (!found) throw new OperationError('not-found', `the data server has no run ${uid} any more`)
  const jobs = await (dry ? jobsFor(worker, found) : take(worker, found))
  if (jobs.length === 0) yield { left: uid, message: 'no rule makes a job for this run' }
  for (const job of jobs) {
    yield { came: (await worker.router.queue.get(job.id)) ?? newStatus(job) }
  }
}

async function jobsFor({ router }: Worker, { run }: RunFromTiled): Promise<readonly Job[]> {
  const failures: unknown[] = []
  const { jobs } = await decide(run, router.rules, drySpool, (error) => failures.push(error))
  if (failures.length > 0) throw failures[0]
  return jobs
}

/** Gives the run to the worker's own router, whole, and waits for what is decided. */
async function take({ router }: Worker, { run, messages }: RunFromTiled): Promise<readonly Job[]> {
  let jobs: readonly Job[] = []
  const failures: unknown[] = []
  const queued = (decision: Decision): void => {
    if (decision.run.uid === run.uid) ({ jobs } = decision)
  }
  const failed = (error: unknown, { uid }: { readonly uid: string }): void => {
    if (uid === run.uid) failures.push(error)
  }
  router.events.on('queued', queued)
  router.events.on('decision-error', failed)
  try {
    router.forget(run.uid)
    for (const message of messages) router.dispatch(message, { origin: 'catch-up' })
    await router.decided()
  } finally {
    router.events.off('queued', queued)
    router.events.off('decision-error', failed)
  }
  if (failures.length > 0) throw failures[0]
  return jobs
}
