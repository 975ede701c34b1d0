import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, describe, expect, it, vi } from 'vitest'

import type { RetentionAges } from '../../../packages/worker/src/config/config.ts'
import type { Ledger } from '../../../packages/worker/src/ledger/ledger.ts'
import { DailyPruning, pruningTimes } from '../../../packages/worker/src/retention/prune-daily.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const day = 24 * 60 * 60_000

/** A daily pruning of a ledger without anything old, by a clock that the test sets. */
async function daily(ages: Partial<RetentionAges>) {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'documents'))
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'] })
  const asked: string[] = []
  const acts: string[] = []
  const ledger = {
    pruning: {
      oldRuns: ({ before }: { before: string }) => {
        asked.push(before)
        return Promise.resolve({ uids: [], next: null })
      },
    },
    act: ({ who, what }: { who: string; what: string }) => {
      acts.push(`${who} ${what}`)
      return Promise.resolve()
    },
  } as unknown as Ledger
  const { logger, lines } = readLogger()
  const all = { attempts: null, documents: null, rows: null, ...ages }
  const place = { ledger, results: folder, documents: join(folder, 'documents') }
  const pruning = new DailyPruning(place, () => all, logger)
  pruning.start()
  return { pruning, asked, acts, lines }
}

describe('retention on a schedule', () => {
  afterEach(() => void vi.useRealTimers())

  it('is done a while after the start and then each day, and noted', async () => {
    const { pruning, asked, acts } = await daily({ rows: 365 * day })
    await vi.advanceTimersByTimeAsync(pruningTimes.first - 1)
    expect(asked).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2 * pruningTimes.every)
    expect([asked.length, acts.length]).toEqual([3, 3])
    await pruning.close()
    await vi.advanceTimersByTimeAsync(3 * pruningTimes.every)
    expect(asked).toHaveLength(3)
    expect(acts[0]).toBe('retention prune')
  })

  it('is never done without being asked', async () => {
    const { pruning, asked, acts, lines } = await daily({})
    await vi.advanceTimersByTimeAsync(10 * pruningTimes.every)
    expect([asked, acts, lines]).toEqual([[], [], []])
    await pruning.close()
  })

  it('removes nothing after the clock was set far ahead', async () => {
    const { pruning, asked, lines } = await daily({ rows: 365 * day })
    vi.setSystemTime(Date.now() + 10 * 365 * day)
    await vi.advanceTimersByTimeAsync(pruningTimes.first)
    expect(asked).toEqual([])
    expect(lines[0]?.msg).toMatch(/clock was set by 87600\.\d hours.*nothing is removed/u)
    await pruning.close()
  })
})
