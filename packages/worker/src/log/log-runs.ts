import { isEndState, type JobStatus, type RunRouter } from '@prompt-papermill/core'

import { about, titleOf } from './about-run.js'
import { logLosses } from './log-losses.js'
import type { WorkerLogger } from './logger.js'

/** Says in the log what becomes of runs and their jobs. */
export function logRuns(router: RunRouter, logger: WorkerLogger): void {
  const { events } = router
  events.on('opened', (run) => logger.info(about(run), `${titleOf(run)} has started`))
  logLosses(router, logger)
  events.on('decided', ({ run, rules, jobs }) => {
    const matched = rules.filter((rule) => rule.matched === true).map(({ rule }) => rule)
    const what = jobs.length > 0 ? jobs.map(({ entry }) => entry).join(', ') : 'nothing to run'
    logger.info(
      { ...about(run), exit_status: run.stop?.exit_status, complete: run.complete, rules: matched },
      `${titleOf(run)} has stopped: ${what}`,
    )
  })
  events.on('decision-error', (err, run) =>
    logger.error({ err, ...about(run) }, `${titleOf(run)} could not be decided`),
  )
  events.on('job', (status) => logJob(status, logger))
}

function logJob({ job, state, attempt, resultsDir }: JobStatus, logger: WorkerLogger): void {
  const fields = { job: job.id, uid: job.run.uid, rule: job.rule, entry: job.entry, attempt }
  if (state.state === 'running') {
    // told once more when its folder is there
    if (state.progress !== null) {
      logger.debug({ ...fields, ...state.progress }, `${job.entry} goes on`)
    } else if (resultsDir === null) logger.info(fields, `${job.entry} has begun`)
  } else if (state.state === 'waiting') {
    const level = state.nextTry === null ? 'info' : 'debug'
    logger[level](fields, `${job.entry} waits ${state.message}`)
  } else if (state.state === 'queued') {
    if (state.message !== undefined) logger.warn(fields, `${job.entry}: ${state.message}`)
  } else if (isEndState(state)) {
    const reason = 'reason' in state ? { reason: state.reason } : {}
    const message = state.message === undefined ? '' : `: ${state.message}`
    const level = state.state === 'failed' ? 'error' : 'info'
    logger[level](
      { ...fields, state: state.state, ...reason, results_dir: resultsDir },
      `${job.entry} ${state.state}${message}`,
    )
  }
}
