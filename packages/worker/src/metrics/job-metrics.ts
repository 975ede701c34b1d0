import { isEndState, type JobStatus, type RunRouter } from '@prompt-papermill/core'

import { JobClocks } from './job-clocks.js'
import type { Meter } from './meter.js'

const waitBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200]
const workBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 7200]

/** Counts jobs and times them, by the rules and entries of the config. */
export function countJobs(meter: Meter, router: RunRouter): void {
  const { queue, events } = router
  meter.gauges('jobs', 'Jobs that have not ended, by state.', 'state', async () => {
    const { queued, waiting, running } = await queue.counts()
    return Object.entries({ queued, waiting, running })
  })
  meter.gauge('queue_paused', 'Whether no job begins until resumed: 1 or 0.', () =>
    queue.paused ? 1 : 0,
  )
  const ended = meter.counter('jobs_ended_total', 'Jobs that have ended, by state and reason.', [
    ...(['rule', 'entry', 'state', 'reason'] as const),
  ])
  events.on('job', ({ job: { rule, entry }, state }) => {
    if (!isEndState(state)) return
    ended.inc({ rule, entry, state: state.state, reason: 'reason' in state ? state.reason : '' })
  })
  timeJobs(meter, router)
}

function timeJobs(meter: Meter, { events }: RunRouter): void {
  const wait = meter.histogram(
    'queue_wait_seconds',
    'Time from when a job was queued until its first attempt began.',
    ['rule'],
    waitBuckets,
  )
  const work = meter.histogram(
    'attempt_seconds',
    'Time that one attempt of a notebook or action took.',
    ['rule', 'entry'],
    workBuckets,
  )
  const result = meter.histogram(
    'stop_to_result_seconds',
    'Time from when a Run Stop was received until a job of that run first had its result.',
    ['rule'],
    workBuckets,
  )
  const clocks = new JobClocks({
    waited: ({ rule }, seconds) => wait.observe({ rule }, seconds),
    worked: ({ rule, entry }, seconds) => work.observe({ rule, entry }, seconds),
    result: ({ rule }, seconds) => result.observe({ rule }, seconds),
  })
  events.on('stopped', (run) => clocks.stopped(run))
  events.on('decided', (decision) => clocks.decided(decision))
  events.on('queued', ({ jobs }, added) => clocks.queued(jobs, added))
  events.on('decision-error', (_, run) => clocks.undecided(run))
  events.on('job', (status: JobStatus) => clocks.moved(status))
}
