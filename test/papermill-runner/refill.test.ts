import { describe, expect, it } from 'vitest'

import {
  MOST_FAILURES,
  pause,
  refillNow,
  REST_MS,
} from '../../packages/papermill-runner/src/pool/refill.ts'

describe('a pool of three, on two cores,', () => {
  const now = (ready: number, running: number) => refillNow({ wanted: 3, ready, running, cores: 2 })

  it('starts the next kernel where a core is left for it', () => {
    expect([now(0, 0), now(2, 0), now(0, 1), now(2, 1)]).toEqual(['now', 'now', 'now', 'now'])
  })

  it('waits while every core has its notebook, as long as a kernel is left', () => {
    expect([now(2, 2), now(1, 2)]).toEqual(['wait', 'wait'])
    expect(now(0, 2)).toBe('now')
  })

  it('waits while there are more notebooks than cores: it would gain nothing', () => {
    expect([now(2, 3), now(1, 3), now(0, 3), now(0, 8)]).toEqual(['wait', 'wait', 'wait', 'wait'])
  })

  it('leaves it when it has what it wants', () => {
    expect([now(3, 0), now(3, 2), now(4, 8)]).toEqual(['full', 'full', 'full'])
  })
})

describe('after kernels that did not start', () => {
  it('a pool tries again after 1, 2, 4 and 8 seconds, and then rests', () => {
    expect([1, 2, 3, 4].map(pause)).toEqual([1000, 2000, 4000, 8000])
    expect(pause(MOST_FAILURES)).toBe(REST_MS)
    expect(pause(MOST_FAILURES + 1)).toBe(REST_MS)
  })
})
