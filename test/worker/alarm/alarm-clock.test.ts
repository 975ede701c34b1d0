import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { Alarm } from '../../../packages/worker/src/alarm/alarm.ts'
import { LastDocument } from '../../../packages/worker/src/alarm/last-document.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { watchedConfig } from '../metrics/support.ts'

const minute = 60_000

// a Monday
beforeEach(() => vi.useFakeTimers({ now: new Date('2026-11-23T10:00') }))
afterEach(() => void vi.useRealTimers())

async function alarmWith(alarm: { silence: string; from?: string; to?: string } | undefined) {
  vi.useRealTimers()
  const config = await watchedConfig(alarm && { alarm })
  vi.useFakeTimers({ now: new Date('2026-11-23T10:00') })
  const source = new FakeSource()
  await source.start()
  const lastDocument = new LastDocument()
  lastDocument.follow(source)
  const told: string[] = []
  const parts = { lastDocument, sources: [source], logger: readLogger().logger }
  const watch = new Alarm(parts, ({ type }) =>
    told.push(`${type} ${new Date().toTimeString().slice(0, 5)}`),
  )
  watch.change(config.alarm)
  const send = (): void => source.send({ name: 'start', doc: makeRunDocuments().start })
  return { watch, told, send, config: config.alarm }
}

it('an alarm is raised once for one silence, and again for the next', async () => {
  const { watch, told, send, config } = await alarmWith({ silence: '30m' })
  vi.advanceTimersByTime(29 * minute)
  expect(told).toEqual([])
  send()
  vi.advanceTimersByTime(12 * 60 * minute)
  // the config was read again
  watch.change(config)
  expect(told).toEqual(['raised 10:59'])
  send()
  send()
  vi.advanceTimersByTime(40 * minute)
  expect(told).toEqual(['raised 10:59', 'ended 22:29', 'raised 22:59'])
  watch.close()
  expect(vi.getTimerCount()).toBe(0)
})

it('an alarm that counts by day is not raised at night, and only when the morning was silent too', async () => {
  const { watch, told } = await alarmWith({ silence: '3h', from: '08:00', to: '12:00' })
  vi.advanceTimersByTime(13 * minute)
  expect(told).toEqual([])
  vi.advanceTimersByTime(24 * 60 * minute)
  // three hours of the first day were not over at noon: it was begun to look at ten
  expect(told).toEqual([])
  vi.advanceTimersByTime(60 * minute)
  expect(told).toEqual(['raised 11:00'])
  watch.close()
})

it('without an alarm in the config nothing is looked at', async () => {
  const { told } = await alarmWith(undefined)
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(1000 * minute)
  expect(told).toEqual([])
})
