import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { RunRouter } from '@prompt-papermill/core'
import { describeAction, makeRunDocuments } from '@prompt-papermill/core/testing'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import record from './record.js'

let folder
let file

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-'))
  file = join(folder, 'runs.db')
})

afterAll(() => rm(folder, { recursive: true }))

describeAction({ describe, expect, it }, 'record', () => ({
  action: record,
  parameters: { file },
  makeResultsDir: () => mkdtemp(join(folder, 'attempt-')),
}))

describe('the database', () => {
  it('has one row for a run, however often it is recorded', async () => {
    const hostile = `'); DROP TABLE runs; --`
    const { uid, messages } = makeRunDocuments({
      plan_name: 'count',
      scan_id: 7,
      events: { primary: 3 },
      metadata: { sample_name: hostile },
    })
    for (let times = 0; times < 2; times += 1) {
      const router = new RunRouter([], { results: { root: join(folder, 'results') } })
      router.on({ when: { plan_name: 'count' } }, { action: record, parameters: { file } })
      for (const message of messages) router.dispatch(message)
      await router.settled()
    }
    const database = new Database(file, { readonly: true })
    const rows = database.prepare('SELECT * FROM runs WHERE uid = ?').all(uid)
    database.close()
    expect(rows).toEqual([
      expect.objectContaining({ scan_id: 7, sample: hostile, exit_status: 'success', events: 3 }),
    ])
  })
})
