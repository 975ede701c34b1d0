import {
  type Job,
  type JobQueue,
  type JobQueueEvents,
  newStatus,
  type QueueCounts,
} from '@prompt-papermill/core'
import { EventEmitter } from 'eventemitter3'

/** Takes jobs in and performs none: for finding out what would be done. */
export class DryQueue implements JobQueue {
  readonly events = new EventEmitter<JobQueueEvents>()
  readonly paused = false

  add(jobs: readonly Job[]): Promise<readonly Job[]> {
    for (const job of jobs) this.events.emit('status', newStatus(job))
    return Promise.resolve(jobs)
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  cancel(): Promise<boolean> {
    return Promise.resolve(false)
  }

  rerun(): Promise<boolean> {
    return Promise.resolve(false)
  }

  pause(): Promise<void> {
    return Promise.resolve()
  }

  resume(): Promise<void> {
    return Promise.resolve()
  }

  setLimits(): Promise<void> {
    return Promise.resolve()
  }

  counts(): Promise<QueueCounts> {
    return Promise.resolve({ queued: 0, waiting: 0, running: 0, refused: 0 })
  }

  get(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  idle(): Promise<void> {
    return Promise.resolve()
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }
}
