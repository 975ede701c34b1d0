import { toLosslessJson } from '@prompt-papermill/core'
import { z } from 'zod'

import { runQuery } from '../../http/list-query.js'
import { OperationError } from '../../operation-error.js'
import { endpoint } from '../endpoint.js'
import { jsonResponse } from '../json-response.js'
import { runDetail as runDetailSchema, runPage } from '../schemas.js'
import { SharedAnswers } from '../shared-answers.js'
import { runDetail, runPageOf } from '../views/runs.js'

const params = z.object({ uid: z.string().min(1).max(1000).describe("The run's uid.") })

/** What can be asked about runs. */
export function runEndpoints() {
  const pages = new SharedAnswers()
  return [
    endpoint({
      id: 'listRuns',
      method: 'get',
      path: '/runs',
      tag: 'Runs',
      summary: 'Runs with their jobs, the newest first',
      query: runQuery,
      answer: { schema: runPage, description: 'A page of runs.' },
      handle: async (place, { query }) => {
        const make = async (): Promise<string> => toLosslessJson(await runPageOf(place, query))
        return jsonResponse(await pages.ask(JSON.stringify(query), make))
      },
    }),
    endpoint({
      id: 'getRun',
      method: 'get',
      path: '/runs/{uid}',
      tag: 'Runs',
      summary: 'One run: its documents in brief, its jobs, and why each rule did or did not match',
      params,
      answer: { schema: runDetailSchema, description: 'The run.' },
      statuses: { 404: 'There is no such run.' },
      handle: (place, { params: { uid } }) => runDetail(place, uid),
    }),
    endpoint({
      id: 'getRunDocuments',
      method: 'get',
      path: '/runs/{uid}/documents',
      tag: 'Runs',
      summary: "A run's Run Start, descriptors and Run Stop, whole",
      description: 'In the lossless JSON of `@prompt-papermill/core`.',
      params,
      answer: { media: 'application/json', description: '`start`, `descriptors` and `stop`.' },
      statuses: { 404: 'There is no such run.' },
      handle: async ({ ledger }, { params: { uid } }) => {
        const entry = await ledger.run(uid)
        if (!entry) throw new OperationError('not-found', 'the ledger has no such run')
        const { start, descriptors, stop } = entry.run
        return jsonResponse(toLosslessJson({ start, descriptors, stop }))
      },
    }),
  ]
}
