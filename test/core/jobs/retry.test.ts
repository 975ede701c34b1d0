import { describe, expect, it } from 'vitest'

import { delayBefore, retryFor } from '../../../packages/core/src/jobs/retry.js'

describe('how often and when a job is tried again', () => {
  const schedule = { attempts: 2, delay: 1000 }

  it('is the same for each reason of a list, and nothing for another', () => {
    const retry = { ...schedule, on: ['kernel-died', 'timed-out'] } as const
    expect(retryFor(retry, 'timed-out')).toEqual(schedule)
    expect(retryFor(retry, 'cell-error')).toBe(null)
  })

  it('is what the reason itself says, where the reasons are an object', () => {
    const retry = {
      ...schedule,
      factor: 2,
      on: { 'kernel-died': {}, 'timed-out': { attempts: 5 } },
    }
    expect(retryFor(retry, 'kernel-died')).toEqual({ ...schedule, factor: 2 })
    expect(retryFor(retry, 'timed-out')).toEqual({ attempts: 5, delay: 1000, factor: 2 })
    expect(retryFor(retry, 'cell-error')).toBe(null)
    expect(retryFor(retry, 'constructor' as 'cell-error')).toBe(null)
  })

  it.each([
    [{ attempts: 9, delay: 10 }, [10, 10, 10]],
    [{ attempts: 9, delay: 10, factor: 3 }, [10, 30, 90]],
    [{ attempts: 9, delay: 10, factor: 3, longest: 50 }, [10, 30, 50]],
    [{ attempts: 9, delay: 3_000_000, factor: 10 }, [3_000_000, 3_600_000, 3_600_000]],
  ])('is with %j after %j milliseconds', (given, waits) => {
    expect([1, 2, 3].map((tries) => delayBefore(given, tries))).toEqual(waits)
  })
})
