import { isEndState, type JobStatus, type Run, type RunRouter } from '@prompt-papermill/core'

import { shown } from './escape.js'
import type { WorkerLogger } from './logger.js'
import { Throttle } from './throttle.js'

/** Says in the log what becomes of runs and their jobs. */
export function logRuns(router: RunRouter, logger: WorkerLogger): void {
  const { events } = router
  const throttle = new Throttle(10_000)
  events.on('opened', (run) => logger.info(about(run), `${titleOf(run)} has started`))
  events.on('joined', (run) =>
    logger.warn({ uid: run.uid }, 'a run was joined in the middle: its Run Start did not come'),
  )
  events.on('stop-without-start', (run) =>
    logger.warn(
      { uid: run.uid, exit_status: run.stop?.exit_status },
      'a run stopped whose Run Start did not come, so that no rule can be asked; replay a recording of it to have it analysed',
    ),
  )
  events.on('duplicate', ({ name }, run) =>
    logger.warn({ uid: run.uid }, `the ${name} document of this run came again and is left out`),
  )
  events.on('unattributed', ({ name }) =>
    throttle.pass(name, (held) =>
      logger.warn(
        { name, ...(held > 0 ? { more: held } : {}) },
        `a document came whose run is not known: the worker joined in the middle, or something was lost`,
      ),
    ),
  )
  events.on('abandoned', (run) =>
    logger.warn(about(run), `${titleOf(run)} was given up: too many runs are open`),
  )
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
    if (state.progress === null) logger.info(fields, `${job.entry} has begun`)
    else logger.debug({ ...fields, ...state.progress }, `${job.entry} goes on`)
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

function about(run: Run): object {
  return run.started
    ? { uid: run.uid, plan_name: run.start.plan_name, scan_id: run.start.scan_id }
    : { uid: run.uid }
}

function titleOf(run: Run): string {
  if (!run.started) return `run ${run.uid.slice(0, 8)}`
  const { plan_name: plan, scan_id: scan } = run.start
  return `scan ${shown(scan)} (${shown(plan)})`
}
