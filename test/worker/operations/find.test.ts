import { describe, expect, it } from 'vitest'

import { findJob, findRun, findTarget } from '../../../packages/worker/src/operations/find.js'
import { OperationError } from '../../../packages/worker/src/operation-error.js'
import { Operated } from './support.js'

const uid = '5d8beb4d-8b22-44a9-a1da-0839189a2104'
const rules = [{ name: 'all', when: {}, actions: [{ use: 'act' }, { use: 'act', name: 'again' }] }]

async function failing(promise: Promise<unknown>): Promise<[string, string]> {
  try {
    await promise
  } catch (error) {
    if (error instanceof OperationError) return [error.kind, error.message]
    throw error
  }
  throw new Error('it was found')
}

describe('a job', () => {
  it('is found by its id, and by as much of it as is unique', async () => {
    const { worker } = await withRun()
    const { ledger } = worker
    const [first = '', second = ''] = await idsOf(worker)
    expect((await findJob(ledger, first)).job.id).toBe(first)
    const unique = firstDifference(first, second)
    expect((await findJob(ledger, first.slice(0, unique + 1))).job.id).toBe(first)
  })

  it('is not found by what several begin with, which are named', async () => {
    const { worker } = await withRun()
    const [first = '', second = ''] = await idsOf(worker)
    const [kind, message] = await failing(findJob(worker.ledger, '5d8b'))
    expect(kind).toBe('conflict')
    expect(message).toContain('"5d8b" could be ')
    for (const id of [first, second]) expect(message).toContain(id)
  })

  it('that is not there is answered with those that come nearest', async () => {
    const { worker } = await withRun()
    const [first = ''] = await idsOf(worker)
    const [kind, message] = await failing(findJob(worker.ledger, `${first.slice(0, 9)}nothing`))
    expect(kind).toBe('not-found')
    expect(message).toContain(`nearest are`)
    expect(message).toContain(first)
    expect((await failing(findJob(worker.ledger, 'zzz')))[1]).toContain('`prompt-papermill jobs`')
    expect((await failing(findJob(worker.ledger, '%')))[0]).toBe('not-found')
  })
})

describe('what is named by an id or uid', () => {
  it('is the run where that is its uid or its beginning, though its jobs begin so too', async () => {
    const { worker } = await withRun()
    for (const text of [uid, '5d8beb4d', '5d8beb4d-8b22', '5']) {
      const found = await findTarget(worker.ledger, text)
      expect('run' in found && found.run.run.uid).toBe(uid)
    }
  })

  it('is the job where it is its id or its beginning', async () => {
    const { worker } = await withRun()
    const [first = '', second = ''] = await idsOf(worker)
    for (const text of [first, first.slice(0, firstDifference(first, second) + 2)]) {
      const found = await findTarget(worker.ledger, text)
      expect('job' in found && found.job.job.id).toBe(first)
    }
  })

  it('is not told where it could be several runs', async () => {
    const operated = await withRun()
    await operated.runToEnd({ uid: `5d8beb4e${uid.slice(8)}` })
    const [kind, message] = await failing(findTarget(operated.worker.ledger, '5d8b'))
    expect([kind, message.includes(uid)]).toEqual(['conflict', true])
    expect((await failing(findTarget(operated.worker.ledger, '6')))[0]).toBe('not-found')
    expect((await failing(findRun(operated.worker.ledger, '5d8b')))[0]).toBe('conflict')
  })
})

describe('a run', () => {
  it('is found by its uid, and by as much of it as is unique', async () => {
    const { ledger } = (await withRun()).worker
    for (const text of [uid, '5d8beb4d']) {
      expect((await findRun(ledger, text))?.run.uid).toBe(uid)
    }
    for (const text of ['6', '']) expect(await findRun(ledger, text)).toBeUndefined()
  })
})

async function withRun(): Promise<Operated> {
  const operated = await Operated.start({ rules })
  await operated.runToEnd({ uid })
  return operated
}

async function idsOf({ ledger }: Operated['worker']): Promise<string[]> {
  return (await ledger.jobs({ order: 'oldest' })).rows.map(({ id }) => id)
}

/** Where two texts differ first. */
function firstDifference(a: string, b: string): number {
  let at = 0
  while (a[at] === b[at]) at += 1
  return at
}
