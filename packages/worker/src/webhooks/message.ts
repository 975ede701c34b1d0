import { hostname } from 'node:os'

import { type JobStatus, toLosslessJson } from '@prompt-papermill/core'

import type { AlarmEvent } from '../alarm/alarm.js'
import { jobRow } from '../ledger/rows.js'

/** What a webhook is told. */
export interface WebhookMessage {
  /** The same at each try, and after a restart of the worker: by it a receiver knows what it has. */
  readonly id: string
  /** `job.` and a state, `alarm.raised` or `alarm.ended`. */
  readonly type: string
  /** What is posted: JSON. */
  readonly body: string
}

/** Tells that a job has ended: with the fields of `jobs --json`. */
export function jobMessage(status: JobStatus, at = new Date()): WebhookMessage {
  const { job, attempt, state } = status
  const id = `job_${job.id}_${attempt}_${state.state}`
  return message(id, `job.${state.state}`, jobRow(status), at)
}

/** Tells that an alarm was raised, or has ended. */
export function alarmMessage(event: AlarmEvent, at = new Date()): WebhookMessage {
  const { type, ...data } = event
  const id = `alarm_${type}_${process.pid}_${at.getTime()}`
  return message(id, `alarm.${type}`, data, at)
}

function message(id: string, type: string, data: object, at: Date): WebhookMessage {
  const body = toLosslessJson({ type, timestamp: at.toISOString(), host: hostname(), data })
  return { id, type, body }
}
