import { describe, expect, it } from 'vitest'

import { ledgerMemory } from '../../../packages/worker/src/catch-up/ledger-memory.ts'
import { SqliteLedger } from '../../../packages/worker/src/ledger/sqlite-ledger.ts'
import { openedLedger, openRunRecord, stoppedRun } from '../../support/ledgers.ts'

describe('what catching up asks of the ledger', () => {
  it('is which runs it has from Run Start to Run Stop', async () => {
    const { ledger } = await openedLedger()
    const [whole, headless] = [stoppedRun({ uid: 'whole' }), stoppedRun({ uid: 'headless' })]
    await ledger.received({ run: whole, rules: [], jobs: [] })
    await ledger.received({ run: { ...headless, start: null }, rules: [], jobs: [] })
    await ledger.opened(openRunRecord({ uid: 'open' }))
    const memory = ledgerMemory(ledger, { forget: () => false }, 'http://t raw')
    expect(await memory.known(['whole', 'headless', 'open', 'unseen'])).toEqual(new Set(['whole']))
    // the Run Start came with the catching up
    await ledger.received({ run: { ...headless, origin: 'catch-up' }, rules: [], jobs: [] })
    expect(await memory.known(['whole', 'headless'])).toEqual(new Set(['whole', 'headless']))
    const { rows } = await ledger.runs({ order: 'oldest' })
    expect(rows.map(({ uid, origin }) => [uid, origin])).toEqual([
      ['whole', 'live'],
      ['headless', 'catch-up'],
      ['open', 'live'],
    ])
  })

  it('is how far it came, of each server for itself, beyond a restart', async () => {
    const { ledger, state } = await openedLedger()
    const memoryOf = (from: SqliteLedger, server: string) =>
      ledgerMemory(from, { forget: () => false }, server)
    expect(await memoryOf(ledger, 'a').mark()).toBeNull()
    await memoryOf(ledger, 'a').setMark({ from: 1.5, upTo: 2.5 })
    await memoryOf(ledger, 'a').setMark({ from: 1.5, upTo: 1_795_444_364.8 })
    expect(await memoryOf(ledger, 'b').mark()).toBeNull()
    await ledger.close()
    const again = await SqliteLedger.open(state)
    expect(await memoryOf(again, 'a').mark()).toEqual({ from: 1.5, upTo: 1_795_444_364.8 })
    await again.close()
  })
})
