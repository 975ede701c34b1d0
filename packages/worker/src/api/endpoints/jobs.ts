import { z } from 'zod'

import { jobQuery } from '../../http/list-query.js'
import { endpoint } from '../endpoint.js'
import { actPage, jobDetail as jobDetailSchema, jobPage } from '../schemas.js'
import { briefObject } from '../views/brief.js'
import { jobDetail, jobPageOf } from '../views/runs.js'

const actQuery = z.strictObject({
  job: z.string().max(500).optional(),
  uid: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  after: z.string().max(500).optional(),
})

/** What can be asked about jobs, and what was done to them. */
export const jobEndpoints = [
  endpoint({
    id: 'listJobs',
    method: 'get',
    path: '/jobs',
    tag: 'Jobs',
    summary: 'Jobs, the newest first',
    query: jobQuery,
    answer: { schema: jobPage, description: 'A page of jobs.' },
    handle: (place, { query }) => jobPageOf(place, query),
  }),
  endpoint({
    id: 'getJob',
    method: 'get',
    path: '/jobs/{id}',
    tag: 'Jobs',
    summary: 'One job with its parameters and attempts',
    params: z.object({ id: z.string().min(1).max(500).describe("The job's id.") }),
    answer: { schema: jobDetailSchema, description: 'The job.' },
    statuses: { 404: 'There is no such job.' },
    handle: (place, { params: { id } }) => jobDetail(place, id),
  }),
  endpoint({
    id: 'listActs',
    method: 'get',
    path: '/acts',
    tag: 'Jobs',
    summary: 'Who did what, the newest first',
    query: actQuery,
    answer: { schema: actPage, description: 'A page of acts.' },
    handle: async ({ ledger }, { query }) => {
      const { rows, next } = await ledger.acts(query)
      const acts = rows.map((row) => ({
        ...row,
        details: row.details === null ? null : briefObject(row.details),
      }))
      return { acts, next }
    },
  }),
]
