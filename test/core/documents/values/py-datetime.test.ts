import { describe, expect, it } from 'vitest'

import { PyDateTime } from '../../../../packages/core/src/documents/values/py-datetime.js'
import { codeThrownBy } from '../../../support/bytes.js'

describe('PyDateTime', () => {
  it.each([
    '2026-11-22T10:11:12',
    '2026-11-22T10:11:12.000006',
    '2026-11-22T10:11:12.345678+00:00',
    '2026-11-22T10:11:12-11:30',
    '2026-11-22T10:11:12+01:02:03',
    '2026-11-22T10:11:12-00:00:00.000007',
    '0001-01-01T00:00:00',
    '9999-12-31T23:59:59.999999',
    '2026-11-22',
    '2024-02-29',
    '10:11:12',
    '10:11:12.345678-02:00',
  ])("reads and writes Python's isoformat: %s", (text) => {
    expect(PyDateTime.fromIsoformat(text).isoformat()).toBe(text)
  })

  it('knows its kind', () => {
    expect(PyDateTime.fromIsoformat('2026-11-22T10:11:12').kind).toBe('datetime')
    expect(PyDateTime.fromIsoformat('2026-11-22').kind).toBe('date')
    expect(PyDateTime.fromIsoformat('10:11:12').kind).toBe('time')
  })

  it.each([
    '',
    'T10:11:12',
    '2026-11-22 10:11:12',
    '2026-11-22T',
    '2026-11-2210:11:12',
    '2026-13-01',
    '2026-02-29',
    '2026-04-31',
    '0000-01-01',
    '24:00:00',
    '10:60:00',
    '10:11:12.3',
    '10:11:12+24:00',
    '2026-11-22T10:11:12Z',
  ])('refuses %j', (text) => {
    expect(codeThrownBy(() => PyDateTime.fromIsoformat(text))).toBe('bad-document')
  })

  it('is an instant by its offset', () => {
    const when = PyDateTime.fromIsoformat('2026-11-22T10:11:12.345678+01:30')
    expect(when.toDate().toISOString()).toBe('2026-11-22T08:41:12.345Z')
    const early = PyDateTime.fromIsoformat('0001-01-01T00:00:00+00:00')
    expect(early.toDate().toISOString()).toBe('0001-01-01T00:00:00.000Z')
    const odd = PyDateTime.fromIsoformat('2026-11-22T10:11:12-00:00:00.000007')
    expect(odd.toDate().toISOString()).toBe('2026-11-22T10:11:12.000Z')
  })

  it('is local time without an offset', () => {
    const when = PyDateTime.fromIsoformat('2026-11-22T10:11:12.345678')
    expect(when.toDate()).toEqual(new Date(2026, 10, 22, 10, 11, 12, 345))
    expect(PyDateTime.fromIsoformat('2026-11-22').toDate()).toEqual(new Date(2026, 10, 22))
    expect(PyDateTime.fromIsoformat('0001-01-01').toDate().getFullYear()).toBe(1)
  })

  it('is no instant without a day', () => {
    const time = PyDateTime.fromIsoformat('10:11:12')
    expect(codeThrownBy(() => time.toDate())).toBe('not-representable')
  })
})
