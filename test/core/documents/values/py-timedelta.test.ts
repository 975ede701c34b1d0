import { describe, expect, it } from 'vitest'

import { PyTimeDelta } from '../../../../packages/core/src/documents/values/py-timedelta.js'

describe('PyTimeDelta', () => {
  it('is normalized as Python does it: only the days may be negative', () => {
    expect(new PyTimeDelta(0, -1)).toMatchObject({ days: -1, seconds: 86_399, microseconds: 0 })
    expect(new PyTimeDelta(0, 0, -1)).toMatchObject({
      days: -1,
      seconds: 86_399,
      microseconds: 999_999,
    })
    expect(new PyTimeDelta(1, 86_400, 1_000_001)).toMatchObject({
      days: 2,
      seconds: 1,
      microseconds: 1,
    })
  })

  it('tells its seconds', () => {
    expect(new PyTimeDelta(1, 1, 500_000).totalSeconds()).toBe(86_401.5)
    expect(new PyTimeDelta(-1, 0, 500_000).totalSeconds()).toBe(-86_399.5)
    expect(new PyTimeDelta(0, 0, 1).totalSeconds()).toBe(1e-6)
  })

  it('tells them correctly rounded, however long it is', () => {
    // timedelta(999999999, 86399, 999999).total_seconds() and its opposite, from Python
    expect(new PyTimeDelta(999_999_999, 86_399, 999_999).totalSeconds()).toBe(86_400_000_000_000)
    expect(new PyTimeDelta(-200_000, 0, 1).totalSeconds()).toBe(-17_279_999_999.999_999)
  })

  it.each([0, 90.5, -86_399.5, 1e-6, -1e-6, 17_279_999_999.999_999])(
    'is made of %d seconds',
    (seconds) => {
      expect(PyTimeDelta.fromSeconds(seconds).totalSeconds()).toBe(seconds)
    },
  )
})
