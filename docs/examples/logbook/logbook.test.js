import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { RunRouter } from '@prompt-papermill/core'
import { describeAction, makeRunDocuments } from '@prompt-papermill/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import logbook from './logbook.js'

/** A logbook that keeps what it is sent, or refuses it. */
const entries = []
let refuses = false
const server = createServer(async (request, response) => {
  const chunks = await request.toArray()
  entries.push({
    key: request.headers['idempotency-key'],
    text: Buffer.concat(chunks).toString('latin1'),
  })
  response.statusCode = refuses ? 503 : 201
  response.end()
})
let url
let folder

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logbook-'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${server.address().port}/entries`
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

describeAction({ describe, expect, it }, 'logbook', () => ({
  action: logbook,
  parameters: { url },
  makeResultsDir: () => mkdtemp(join(folder, 'attempt-')),
}))

/** What becomes of the job for one run. */
async function jobOf(parameters) {
  const router = new RunRouter([], { results: { root: join(folder, 'results') } })
  router.on({ when: { plan_name: 'count' } }, { action: logbook, parameters })
  let last
  router.queue.events.on('status', ({ job, state }) => (last = { id: job.id, ...state }))
  for (const message of makeRunDocuments({ plan_name: 'count', scan_id: 12 }).messages) {
    router.dispatch(message)
  }
  await router.settled()
  return last
}

describe('the logbook', () => {
  it('gets an entry with the figure, under the job’s id', async () => {
    const figure = join(folder, 'figure.png')
    await writeFile(figure, 'the bytes of a figure')
    const { id, state } = await jobOf({ url, figure })
    expect(state).toBe('succeeded')
    const { key, text } = entries.at(-1)
    expect(key).toBe(id)
    expect(text).toContain('Scan 12 (count) ended with success')
    expect(text).toContain('the bytes of a figure')
  })

  it('that refuses the entry fails the job, and says so', async () => {
    refuses = true
    expect(await jobOf({ url })).toMatchObject({
      state: 'failed',
      message: `the logbook at ${url} answered 503 Service Unavailable`,
    })
  })
})
