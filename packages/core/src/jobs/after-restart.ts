import { isEndState, type JobStatus, readyToBegin } from './job.js'

/**
 * Where a job stands when its host lives again: what was waiting waits on, and what was running was
 * interrupted, which it may be `most` times before it has failed.
 */
export function afterRestart(status: JobStatus, most: number): JobStatus {
  const { state, interruptions } = status
  if (isEndState(state) || state.state === 'queued') return status
  if (state.state === 'waiting') {
    return { ...status, state: readyToBegin(status.job, state.since) }
  }
  if (interruptions < most) {
    return { ...status, state: { state: 'queued' }, interruptions: interruptions + 1 }
  }
  const message = `its host ended ${interruptions + 1} times while this ran`
  return {
    ...status,
    state: { state: 'failed', reason: 'interrupted', message },
    finishedAt: new Date().toISOString(),
  }
}
