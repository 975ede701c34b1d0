import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { RunRouter } from '@prompt-papermill/core'
import { describeAction, makeRunDocuments } from '@prompt-papermill/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import reconstruct from './reconstruct.js'

/** A service that reconstructs a slice each time that it is asked; jobs by name. */
const jobs = new Map()
const deleted = []
let fails = false
let slices = 2
const server = createServer(async (request, response) => {
  const name = request.url.split('/').at(-1)
  const chunks = await request.toArray()
  if (request.method === 'DELETE') {
    deleted.push(name)
    jobs.delete(name)
    response.writeHead(204).end()
    return
  }
  if (request.method === 'PUT' && !jobs.has(name)) {
    jobs.set(name, { slice: 0, ...JSON.parse(Buffer.concat(chunks)) })
  }
  const job = jobs.get(name)
  if (request.method === 'GET') job.slice += 1
  const state = fails ? 'failed' : job.slice > slices ? 'done' : 'running'
  const volume = state === 'done' ? `/data/${job.uid}.h5` : null
  response.end(
    JSON.stringify({ state, slice: job.slice, slices, volume, message: 'no centre found' }),
  )
})
let parameters
let folder

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reconstruct-'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  parameters = { url: `http://127.0.0.1:${server.address().port}/jobs`, every: 0.01 }
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

describeAction({ describe, expect, it }, 'reconstruct', () => ({
  action: reconstruct,
  parameters,
  makeResultsDir: () => mkdtemp(join(folder, 'attempt-')),
}))

/** A router with the action, that has seen one run. */
function begin() {
  const router = new RunRouter([], { results: { root: join(folder, 'results') } })
  router.on({ when: {} }, { action: reconstruct, parameters })
  const states = []
  router.queue.events.on('status', ({ job, state }) => states.push({ id: job.id, ...state }))
  for (const message of makeRunDocuments().messages) router.dispatch(message)
  return { router, states }
}

describe('a reconstruction', () => {
  it('is followed, slice by slice, until the volume is there', async () => {
    const { router, states } = begin()
    await router.settled()
    expect(states.at(-1)).toMatchObject({
      state: 'succeeded',
      message: /^the volume is \/data\/.*\.h5$/,
    })
    const seen = states.map(({ progress }) => progress?.step).filter((step) => step !== undefined)
    expect(seen).toEqual(expect.arrayContaining([1, 2]))
  })

  it('that failed there has failed here, with what the service said', async () => {
    fails = true
    const { router, states } = begin()
    await router.settled()
    fails = false
    expect(states.at(-1)).toMatchObject({ state: 'failed', message: 'no centre found' })
  })

  it('that is cancelled is taken back', async () => {
    slices = 1_000_000
    const { router, states } = begin()
    while (!states.some(({ progress }) => progress?.step > 1)) {
      await new Promise((resolve) => router.queue.events.once('status', resolve))
    }
    await router.queue.cancel(states[0].id, 'the sample was the wrong one')
    await router.settled()
    expect(states.at(-1)).toMatchObject({ state: 'cancelled' })
    expect(deleted).toContain(states[0].id)
  })
})
