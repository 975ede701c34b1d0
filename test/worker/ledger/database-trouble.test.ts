import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { LedgerError } from '../../../packages/worker/src/ledger/ledger-error.ts'
import { openLedgerReader } from '../../../packages/worker/src/ledger/open-reader.ts'
import { SqliteLedger } from '../../../packages/worker/src/ledger/sqlite-ledger.ts'
import { migrate, versionOf } from '../../../packages/worker/src/ledger/sqlite/migrate.ts'
import { migrations } from '../../../packages/worker/src/ledger/sqlite/migrations/index.ts'
import {
  ledgerFile,
  openForWriting,
} from '../../../packages/worker/src/ledger/sqlite/open-database.ts'
import { jobOf, openedLedger, openRunRecord, stoppedRun } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { canMount, smallDisk } from '../../support/small-disk.ts'

const code = (word: string) => ({ code: word }) as Partial<LedgerError>

describe('a ledger that can’t be opened', () => {
  it('was written by a newer version', async () => {
    const { ledger, state } = await openedLedger()
    await ledger.close()
    const db = new Database(ledgerFile(state))
    db.pragma(`user_version = ${migrations.length + 1}`)
    db.close()
    for (const open of [SqliteLedger.open, openLedgerReader]) {
      await expect(open(state)).rejects.toMatchObject(code('newer'))
      await expect(open(state)).rejects.toThrow(/newer version.*install that version/u)
    }
  })

  it('was written by an older version, and is only to be read', async () => {
    const state = await temporaryFolder()
    new Database(ledgerFile(state)).exec('CREATE TABLE old (a)').close()
    await expect(openLedgerReader(state)).rejects.toMatchObject(code('older'))
  })

  it('is no ledger at all', async () => {
    const state = await temporaryFolder()
    await writeFile(ledgerFile(state), 'not a database, '.repeat(100))
    const open = SqliteLedger.open(state)
    await expect(open).rejects.toMatchObject(code('corrupt'))
    await expect(open).rejects.toThrow(/move it aside/u)
  })

  it('has no folder', async () => {
    const state = join(await temporaryFolder(), 'none')
    await expect(SqliteLedger.open(state)).rejects.toMatchObject(code('gone'))
    await expect(SqliteLedger.openBeside(state)).rejects.toMatchObject(code('gone'))
  })
})

describe('a ledger that is open', () => {
  it('has what it took on the disk, and lets others read meanwhile', async () => {
    const db = openForWriting(await temporaryFolder())
    onTestFinished(() => void db.close())
    const is = (pragma: string): unknown => db.pragma(pragma, { simple: true })
    // 2: full, 1: on
    expect([is('synchronous'), is('journal_mode'), is('foreign_keys')]).toEqual([2, 'wal', 1])
    expect(is('busy_timeout')).toBe(5000)
  })
})

describe('a ledger’s layout', () => {
  it('is brought up to date step by step, and a step that fails is undone', () => {
    const db = new Database(':memory:')
    onTestFinished(() => void db.close())
    const steps = ['CREATE TABLE one (a)', 'CREATE TABLE two (a); INSERT INTO one VALUES (1)']
    migrate(db, steps.slice(0, 1))
    expect(versionOf(db)).toBe(1)
    migrate(db, steps)
    migrate(db, steps)
    expect([versionOf(db), db.prepare('SELECT count(*) FROM one').pluck().get()]).toEqual([2, 1])
    expect(() => migrate(db, [...steps, 'INSERT INTO one VALUES (2); nonsense'])).toThrow(
      'nonsense',
    )
    expect([versionOf(db), db.prepare('SELECT count(*) FROM one').pluck().get()]).toEqual([2, 1])
    expect(() => migrate(db, steps.slice(0, 1))).toThrow('newer version')
  })

  it('of an earlier version is brought up to date with all that is in it', () => {
    const db = new Database(':memory:')
    onTestFinished(() => void db.close())
    migrate(db, migrations.slice(0, 1))
    db.exec(`
      INSERT INTO runs (uid, rank, plan_name, complete, documents, gaps, record, search)
        VALUES ('a run', 2, 'count', 1, 6, '[]', '{}', 'count');
      INSERT INTO jobs (id, uid, rule, entry, action, job, state, attempt, queued_at, status)
        VALUES ('a job', 'a run', 'all', 'entry', 'act', '{}', 'running', 1, 'then', '{}');
      INSERT INTO attempts (job, attempt, state, started_at) VALUES ('a job', 1, 'running', 'then');
      INSERT INTO acts (at, who, what) VALUES ('then', 'ada', 'pause');
    `)
    const rows = () =>
      ['runs', 'jobs', 'attempts', 'acts'].map((table) =>
        db.prepare(`SELECT * FROM ${table}`).all(),
      )
    const before = rows()
    migrate(db)
    expect(versionOf(db)).toBe(migrations.length)
    expect(before.map(({ length }) => length)).toEqual([1, 1, 1, 1])
    expect(rows()).toMatchObject(before)
  })
})

describe('a ledger that can’t be written any more', () => {
  it('was moved away, and goes on when it is back', async () => {
    const folder = await temporaryFolder()
    const state = join(folder, 'state')
    await mkdir(state)
    const { ledger } = await openedLedger(state)
    await rename(state, join(folder, 'away'))
    // what is written to a file without a name would be lost
    await expect(ledger.opened(openRunRecord())).rejects.toMatchObject(code('gone'))
    expect((await ledger.writable())?.message).toContain('is gone')
    await rename(join(folder, 'away'), state)
    expect(await ledger.writable()).toBeNull()
    await ledger.opened(openRunRecord({ uid: 'back' }))
    expect((await ledger.openRuns(10)).map(({ uid }) => uid)).toEqual(['back'])
  })

  it('was replaced by another file', async () => {
    const { ledger, state } = await openedLedger()
    await rm(ledgerFile(state))
    await writeFile(ledgerFile(state), '')
    const write = ledger.opened(openRunRecord())
    await expect(write).rejects.toMatchObject(code('gone'))
    await expect(write).rejects.toThrow('another file')
  })

  it('is held by another program', { timeout: 30_000 }, async () => {
    const { ledger, state } = await openedLedger()
    const other = new Database(ledgerFile(state))
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    const write = ledger.opened(openRunRecord({ uid: 'a' }))
    await expect(write).rejects.toMatchObject(code('busy'))
    // reading goes on
    expect(await ledger.openRuns(10)).toEqual([])
    other.exec('ROLLBACK')
    await ledger.opened(openRunRecord({ uid: 'a' }))
    expect(await ledger.openRuns(10)).toHaveLength(1)
  })

  it.skipIf(!canMount)('has a full disk (needs root, to mount a small one)', async () => {
    const disk = await smallDisk('1m')
    const { ledger } = await openedLedger(disk.path)
    const first = stoppedRun()
    await ledger.received({ run: first, rules: [], jobs: [jobOf(first)] })
    await disk.fill()
    const run = stoppedRun({ metadata: { notes: 'x'.repeat(20_000) } })
    const job = jobOf(run)
    const write = ledger.received({ run, rules: [], jobs: [job] })
    await expect(write).rejects.toMatchObject(code('full'))
    await expect(write).rejects.toThrow(/disk of .* is full.*make room/u)
    expect(await ledger.run(run.uid)).toBeUndefined()
    expect((await ledger.jobs()).rows).toHaveLength(1)
    await disk.free()
    expect(await ledger.received({ run, rules: [], jobs: [job] })).toEqual([job])
    expect((await ledger.unfinishedJobs()).map(({ job: { id } }) => id)).toHaveLength(2)
  })
})
