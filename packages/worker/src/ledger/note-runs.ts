import type { Decision, Job, Run, RunRouter } from '@prompt-papermill/core'

import type { WorkerLogger } from '../log/logger.js'
import type { Ledger } from './ledger.js'

/** What a router's `received` is: commits a decision, and leaves out the jobs that the ledger has. */
export function receiveBy(ledger: Ledger): (decision: Decision) => Promise<readonly Job[]> {
  return ({ run, rules, jobs }) => ledger.received({ run: run.toRecord(), rules, jobs })
}

/**
 * Notes in the ledger which runs are open, as far as they are known, and what stops without having begun.
 *
 * @param failed - told when something could not be noted.
 */
export function noteRuns(
  router: RunRouter,
  ledger: Ledger,
  failed: (error: unknown) => void,
): void {
  const noting = new Map<Run, 'under way' | 'changed meanwhile'>()
  const note = (run: Run): void => {
    if (noting.has(run)) {
      noting.set(run, 'changed meanwhile')
      return
    }
    noting.set(run, 'under way')
    // a moment later, so that descriptors that come right behind each other are one record; once it has stopped,
    // what is known of it goes in together with its jobs, and never before
    const noted = Promise.resolve().then(() =>
      run.stopped ? undefined : ledger.opened(run.toRecord()),
    )
    const done = (): void => {
      const again = noting.get(run) === 'changed meanwhile' && !run.stopped
      noting.delete(run)
      if (again) note(run)
    }
    noted.catch(failed).finally(done)
  }
  const noteOpen = (run: Run): void => {
    if (run.started && !run.stopped) note(run)
  }
  router.events.on('opened', noteOpen)
  router.events.on('described', noteOpen)
  router.events.on('abandoned', (run, why) => {
    // one that is replaced comes anew, and that is what is to be known
    if (why !== 'replaced') noteOpen(run)
  })
  router.events.on('stop-without-start', (run) => {
    takeStop(run, router, ledger).catch(failed)
  })
}

/** The Run Start may have been received in an earlier life, or before the run was given up. */
async function takeStop(run: Run, router: RunRouter, ledger: Ledger): Promise<void> {
  const known = await ledger.run(run.uid)
  const { stop } = run
  if (known?.run.start && !known.run.stop && stop) {
    const { abandoned: _, ...record } = known.run
    router.restore(record)
    router.dispatch({ name: 'stop', doc: stop })
  } else if (!known?.run.stop) {
    await ledger.received({ run: run.toRecord(), rules: [], jobs: [] })
  }
}

/** Says in the log what could not be noted. */
export function logUnnoted(logger: WorkerLogger): (error: unknown) => void {
  return (err) => logger.error({ err }, 'the ledger did not take what is known of a run')
}
