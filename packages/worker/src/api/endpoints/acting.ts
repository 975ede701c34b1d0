import { z } from 'zod'

import { cancel } from '../../operations/cancel.js'
import { findJob, findTarget } from '../../operations/find.js'
import { OperationError } from '../../operation-error.js'
import { pause, resume } from '../../operations/pausing.js'
import { cancelRequest, rerunRequest } from '../../operations/requests.js'
import { rerun } from '../../operations/rerun.js'
import type { Worker } from '../../worker-contract.js'
import { endpoint } from '../endpoint.js'
import type { ApiPlace } from '../place.js'
import { job as jobSchema, paused, rerunAnswer, resumed } from '../schemas.js'
import { jobSummary } from '../views/summaries.js'

const jobParams = z.object({
  id: z.string().min(1).max(500).describe("The job's id, or as much of it as is unique."),
})
const outcomes = {
  404: 'There is no such job or run.',
  409: 'It can’t be done to it now.',
}

/** What can be done to jobs and to the worker: what the control socket offers, by the same functions. */
export const actingEndpoints = [
  endpoint({
    id: 'rerun',
    method: 'post',
    path: '/rerun',
    tag: 'Jobs',
    summary: 'Attempt jobs once more: one, those of a run, or all of a selection',
    description: 'Answers when they are queued; `wait` is not offered here: follow `/events`.',
    acts: true,
    body: rerunRequest,
    answer: { schema: rerunAnswer, description: 'What is attempted, and what was left.' },
    statuses: outcomes,
    handle: async (place, { body, asker }) => {
      const worker = workerOf(place)
      if (body.wait) {
        throw new OperationError('bad-request', 'wait: is not offered here; follow /api/v1/events')
      }
      if (body.target !== undefined) await findTarget(worker.ledger, body.target)
      const answer: { jobs: object[]; left: object[] } = { jobs: [], left: [] }
      await rerun(worker, body, asker.who ?? 'unknown', (event) => {
        if (event.event === 'rerun') answer.jobs.push(jobSummary(event.job))
        else if (event.event === 'left') answer.left.push({ id: event.id, message: event.message })
      })
      return answer
    },
  }),
  endpoint({
    id: 'cancel',
    method: 'post',
    path: '/jobs/{id}/cancel',
    tag: 'Jobs',
    summary: 'End a job that runs, or leave out one that is queued or waits',
    acts: true,
    params: jobParams,
    body: cancelRequest,
    answer: { schema: jobSchema, description: 'The job, as it was when it was cancelled.' },
    statuses: outcomes,
    handle: async (place, { params: { id }, body, asker }) => {
      const worker = workerOf(place)
      await findJob(worker.ledger, id)
      return jobSummary(await cancel(worker, id, body, asker.who ?? 'unknown'))
    },
  }),
  endpoint({
    id: 'pause',
    method: 'post',
    path: '/pause',
    tag: 'Worker',
    summary: 'Begin no further jobs; what runs goes on, and runs are still received',
    acts: true,
    answer: { schema: paused, description: 'Who paused it first, and when.' },
    handle: (place, { asker }) => pause(workerOf(place), asker.who ?? 'unknown'),
  }),
  endpoint({
    id: 'resume',
    method: 'post',
    path: '/resume',
    tag: 'Worker',
    summary: 'Begin jobs again',
    acts: true,
    answer: { schema: resumed, description: 'Who had paused it.' },
    handle: async (place, { asker }) => ({
      paused: await resume(workerOf(place), asker.who ?? 'unknown'),
    }),
  }),
]

function workerOf({ worker }: ApiPlace): Worker {
  if (worker) return worker
  throw new OperationError(
    'conflict',
    'this page only reads the ledger: act on the page of the worker itself, or with `prompt-papermill rerun` where it runs',
  )
}
