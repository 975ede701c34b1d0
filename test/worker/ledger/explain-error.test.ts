import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'

import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'

import { LedgerError, mayPass } from '../../../packages/worker/src/ledger/ledger-error.ts'
import { explainError } from '../../../packages/worker/src/ledger/sqlite/explain-error.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** What a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** A database with some pages of rows. */
async function written() {
  const file = join(await temporaryFolder(), 'ledger.sqlite')
  const db = new Database(file)
  db.exec('CREATE TABLE texts (text TEXT)')
  const insert = db.prepare('INSERT INTO texts VALUES (?)')
  for (let i = 0; i < 100; i += 1) insert.run('x'.repeat(1000))
  db.close()
  return file
}

function opened(file: string, options?: Database.Options): Database.Database {
  const db = new Database(file, options)
  onTestFinished(() => void db.close())
  return db
}

describe('what SQLite refuses is told with what to do', () => {
  it('where the file may only be read', async () => {
    const file = await written()
    const db = opened(file, { readonly: true })
    const error = explainError(
      thrownBy(() => db.exec('DELETE FROM texts')),
      file,
    )
    expect(error).toMatchObject({ code: 'read-only', passes: true })
    expect(error.message).toContain(`${file} may not be written by this user`)
  })

  it('where there is a folder in place of the file', async () => {
    const file = join(await temporaryFolder(), 'ledger.sqlite')
    await mkdir(file)
    const error = explainError(
      thrownBy(() => new Database(file)),
      file,
    )
    expect(error).toMatchObject({ code: 'gone', passes: true })
    expect(error.message).toContain("can't be opened; is the folder there")
  })

  it('where the file is damaged', async () => {
    const file = await written()
    const handle = await open(file, 'r+')
    // behind the first page, which says that it is a database
    await handle.write(Buffer.alloc(20_000, 0xff), 0, 20_000, 4096)
    await handle.close()
    const db = opened(file)
    const error = explainError(
      thrownBy(() => db.prepare('SELECT sum(length(text)) FROM texts').get()),
      file,
    )
    expect(error).toMatchObject({ code: 'corrupt' })
    expect(error.message).toContain('start with a copy of it from a backup')
  })

  it.each([
    ['SQLITE_IOERR_FSYNC', 'io', 'does not take what is written; look at the system’s log'],
    ['SQLITE_PROTOCOL', 'busy', 'end what has it open'],
    ['SQLITE_BUSY_SNAPSHOT', 'busy', 'end what has it open'],
  ])('where the system says %s', (code, word, said) => {
    const failed = Object.assign(new Error('disk I/O error'), { code })
    const error = explainError(failed, '/state/ledger.sqlite')
    expect(error).toMatchObject({ code: word, passes: true, cause: failed })
    expect(error.message).toContain(said.replace('’', "'"))
    expect(error.message).toContain(`(${code}: disk I/O error)`)
  })

  it('and is not tried again where it is no trouble of the disk', () => {
    for (const failed of [new TypeError('no such method'), { message: 'UNIQUE' }, 'odd']) {
      const error = explainError(failed, '/')
      expect(error).toMatchObject({ code: 'refused', cause: failed })
      expect(mayPass(error)).toBe(false)
    }
    expect(explainError('odd', '/').message).toBe('odd')
  })

  it('once, whoever passes it on', () => {
    const error = new LedgerError('full', 'the disk is full')
    expect(explainError(error, '/state/ledger.sqlite')).toBe(error)
  })
})
