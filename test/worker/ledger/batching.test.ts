import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'

import { Batches } from '../../../packages/worker/src/ledger/sqlite/batch.ts'
import { jobOf, openedLedger, running, stoppedRun } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

describe('calls that come together', () => {
  async function table() {
    const db = new Database(`${await temporaryFolder()}/batch.sqlite`)
    onTestFinished(() => void db.close())
    db.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT')
    const insert = db.prepare('INSERT INTO numbers VALUES (?)')
    const numbers = (): unknown[] => db.prepare('SELECT n FROM numbers').pluck().all()
    return { db, insert, numbers, batches: new Batches(db) }
  }

  it('are one transaction', async () => {
    const { db, insert, numbers, batches } = await table()
    const seen: boolean[] = []
    const calls = [1, 2, 3].map((n) => () => {
      seen.push(db.inTransaction)
      return insert.run(n).lastInsertRowid
    })
    expect(batches.commit(calls)).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }])
    expect([seen, db.inTransaction, numbers()]).toEqual([[true, true, true], false, [1, 2, 3]])
  })

  it('fail alone where they are wrong', async () => {
    const { insert, numbers, batches } = await table()
    const both = (): void => {
      insert.run(5)
      insert.run(1)
    }
    const [one, two, three] = batches.commit([() => insert.run(1), both, () => insert.run(2)])
    expect([one, three]).toEqual([{ value: expect.anything() as unknown }, expect.anything()])
    expect(two).toMatchObject({ error: { code: 'refused' } })
    expect(numbers()).toEqual([1, 2])
  })

  it('all fail where the disk does', async () => {
    const { insert, numbers, batches } = await table()
    const full = (): never => {
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
    }
    const outcomes = batches.commit([() => insert.run(1), full, () => insert.run(2)])
    const failed = { error: { code: 'full', passes: true } }
    expect(outcomes).toMatchObject([failed, failed, failed])
    expect(numbers()).toEqual([])
    expect(batches.commit([() => insert.run(1)])).toHaveLength(1)
    expect(numbers()).toEqual([1])
  })
})

describe('a ledger with much to do', () => {
  it('does not keep a commit waiting for questions', async () => {
    const { ledger } = await openedLedger()
    const runs = Array.from({ length: 2000 }, (_, i) => stoppedRun({ uid: `run-${i}` }))
    await Promise.all(
      runs.map((run) => ledger.received({ run, rules: [], jobs: [jobOf(run, { id: run.uid })] })),
    )
    const began = performance.now()
    const questions = Promise.all(
      Array.from({ length: 150 }, () => ledger.jobs({ text: 'nothing like it', limit: 1000 })),
    )
    await ledger.status(running(jobOf(runs[0]!, { id: 'run-0' })))
    const committed = performance.now() - began
    await questions
    const answered = performance.now() - began
    // by one thread for both it would have waited for all of them
    expect(committed).toBeLessThan(answered / 2)
    expect((await ledger.job('run-0'))?.state.state).toBe('running')
  })
})
