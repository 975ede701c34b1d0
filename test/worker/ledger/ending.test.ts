import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'

import { ledgerFile } from '../../../packages/worker/src/ledger/sqlite/open-database.ts'
import { root } from '../../support/python.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** A program with a ledger's thread that is kept busy, and ends in its own way. */
async function ends(state: string, ending: string): Promise<{ code: number | null; said: string }> {
  const script = `
    import { Worker } from 'node:worker_threads'
    const worker = new Worker(${JSON.stringify(`${root}packages/worker/dist/ledger-thread.js`)}, {
      workerData: { state: ${JSON.stringify(state)}, role: 'writer' }, execArgv: [],
    })
    let id = 0
    const act = () => {
      id += 1
      const args = [{ at: 'now', who: 'x'.repeat(1000), what: String(id), job: null, uid: null, details: null }]
      worker.postMessage({ id, method: 'act', args })
    }
    worker.on('message', ({ answers }) => {
      for (const answer of answers ?? []) {
        if (answer.id === 200) { ${ending} }
      }
      for (let i = 0; i < 100; i += 1) act()
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(child.stderr)
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, said: await said }
}

describe('a program that ends while its ledger writes', () => {
  it('ends as it means to, and leaves all that was answered', async () => {
    for (let round = 0; round < 4; round += 1) {
      const state = await temporaryFolder()
      expect(await ends(state, 'process.exit(3)')).toEqual({ code: 3, said: '' })
      const db = new Database(ledgerFile(state))
      const written = db.prepare('SELECT count(*) FROM acts').pluck().get() as number
      const whole = db.pragma('integrity_check', { simple: true })
      db.close()
      expect(written).toBeGreaterThanOrEqual(200)
      expect(whole).toBe('ok')
    }
  })

  it('ends with what it throws', async () => {
    const { code, said } = await ends(await temporaryFolder(), "throw new Error('of its own')")
    expect(code).toBe(1)
    expect(said).toContain('of its own')
  })
})
