import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { LedgerError } from '../../../packages/worker/src/ledger/ledger-error.ts'
import { PatientLedger } from '../../../packages/worker/src/ledger/patient-ledger.ts'
import { FailingLedger, full, readLogger } from '../../support/failing-ledger.ts'
import { attemptOf, jobOf, openRunRecord, running, stoppedRun } from '../../support/ledgers.ts'

function patient(most = 100) {
  const inner = new FailingLedger()
  const { logger, lines } = readLogger()
  const ledger = new PatientLedger(inner.ledger, logger, { first: 1, longest: 4, most })
  return { inner, ledger, lines }
}

describe('a patient ledger', () => {
  it('writes at once where nothing is wrong', async () => {
    const { inner, ledger, lines } = patient()
    const run = stoppedRun({ uid: 'a' })
    const job = jobOf(run)
    expect(await ledger.received({ run, rules: [], jobs: [job] })).toEqual([job])
    expect(await ledger.received({ run, rules: [], jobs: [job] })).toEqual([])
    expect([inner.tries, ledger.trouble, lines]).toEqual([2, null, []])
  })

  it('keeps what can’t be written, tries again until it can, and says both', async () => {
    const { inner, ledger, lines } = patient()
    inner.error = full
    inner.tried = () => {
      if (inner.tries === 5) inner.error = null
    }
    await ledger.opened(openRunRecord({ uid: 'a' }))
    expect([inner.tries, inner.written]).toEqual([6, ['opened a 1']])
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [50, expect.stringMatching(/disk of \/state is full\. Nothing new is begun/u)],
      [30, 'the ledger can be written again'],
    ])
    expect(ledger.trouble).toBeNull()
  })

  it('says that it is in trouble while it is', async () => {
    const { inner, ledger } = patient()
    inner.error = full
    const troubles: unknown[] = []
    inner.tried = () => {
      troubles.push(ledger.trouble)
      if (inner.tries === 3) inner.error = null
    }
    await ledger.status(running(jobOf(stoppedRun())))
    expect(troubles).toEqual([null, full, full, full])
    inner.error = full
    expect(await ledger.writable()).toBe(full)
    expect(ledger.trouble).toBe(full)
  })

  it('looks once a second at most whether it can be written, and says when it can again', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { inner, ledger, lines } = patient()
    inner.error = full
    expect([await ledger.writable(), await ledger.writable(), inner.tries]).toEqual([full, full, 1])
    inner.error = null
    expect([await ledger.writable(), inner.tries]).toEqual([full, 1])
    vi.advanceTimersByTime(1001)
    expect([await ledger.writable(), ledger.trouble, inner.tries]).toEqual([null, null, 2])
    expect(lines.at(-1)?.msg).toBe('the ledger can be written again')
  })

  it('is in trouble as long as writes wait, whatever a look says', async () => {
    const { inner, ledger } = patient()
    inner.error = full
    let looked: Promise<unknown> | undefined
    inner.tried = () => {
      if (inner.tries !== 2) return
      // the disk has room for a look, and not for the write that waits
      inner.error = null
      looked = ledger.writable().then((found) => [found, ledger.trouble, (inner.error = full)])
    }
    const write = ledger.status(running(jobOf(stoppedRun())))
    const rejected = expect(write).rejects.toBe(full)
    await vi.waitUntil(() => looked !== undefined)
    expect(await looked).toEqual([null, full, full])
    expect([ledger.trouble, ledger.waiting]).toEqual([full, 1])
    ledger.hurry()
    await rejected
    expect(ledger.waiting).toBe(0)
  })

  it('never writes an older status behind a newer one', async () => {
    const { inner, ledger } = patient()
    const job = jobOf(stoppedRun(), { id: 'j' })
    inner.error = full
    inner.tried = () => {
      // the first try of the first fails, whatever comes behind it
      inner.error = null
    }
    await Promise.all([
      ledger.status(running(job, { attempt: 1 })),
      ledger.status(running(job, { attempt: 2 })),
      ledger.attempt(attemptOf(job)),
      ledger.status(running(job, { attempt: 3 })),
    ])
    expect(inner.written).toEqual([
      'j running 1',
      'j running 2',
      'j attempt 1 running',
      'j running 3',
    ])
  })

  it('rejects what can never be written', async () => {
    const { inner, ledger, lines } = patient()
    inner.error = new LedgerError('refused', 'no such thing')
    await expect(ledger.opened(openRunRecord())).rejects.toThrow('no such thing')
    expect([inner.tries, ledger.trouble, lines]).toEqual([1, null, []])
  })

  it('keeps so many and no more, and says what to do about the others', async () => {
    const { inner, ledger } = patient(2)
    inner.error = full
    const kept = ['a', 'b'].map((uid) => ledger.opened(openRunRecord({ uid })))
    const third = ledger.opened(openRunRecord({ uid: 'c' }))
    await expect(third).rejects.toMatchObject({ code: 'too-many' })
    await expect(third).rejects.toThrow(/replay the runs that it lacks/u)
    inner.error = null
    await Promise.all(kept)
    expect(inner.written.sort()).toEqual(['opened a 1', 'opened b 1'])
  })

  it('tries once more and gives up when it is to hurry', async () => {
    const { inner, ledger } = patient()
    inner.error = full
    const write = ledger.opened(openRunRecord())
    const failed = expect(write).rejects.toBe(full)
    ledger.hurry()
    await failed
    inner.error = null
    await ledger.opened(openRunRecord({ uid: 'later' }))
    expect(inner.written).toEqual(['opened later 1'])
  })
})
