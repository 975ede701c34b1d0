import { PassThrough } from 'node:stream'

import { type DocumentMessage, RunRouter } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import pino from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'

import { logRuns } from '../../../packages/worker/src/log/log-runs.ts'
import { tableOf } from '../../support/markdown-tables.ts'
import { documentsOf, without } from '../../support/tracking.ts'

type Line = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: number }

/** A router whose losses are logged, and the lines so far. */
function logging(options: ConstructorParameters<typeof RunRouter>[1] = {}) {
  const stream = new PassThrough()
  const router = new RunRouter([], options)
  logRuns(router, pino({ level: 'warn' }, stream))
  const feed = (messages: readonly (DocumentMessage | undefined)[]): Line[] => {
    for (const message of messages) router.dispatch(message!)
    const text = String((stream.read() as Buffer | null) ?? '')
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
  }
  return { router, feed }
}

const [start, descriptor, first, , third, stop] = documentsOf('a')
const fewer = { name: 'stop', doc: { ...stop!.doc, num_events: { primary: 1 } } } as never
const next = documentsOf('next')[0]

it('the log has a line for each loss, as the table of losses has it', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const old = logging()
  old.feed([start])
  const replaced = logging()
  replaced.feed([start])
  replaced.router.forget('a')
  vi.advanceTimersByTime(7 * 24 * 3_600_000)
  const lines = [
    ...logging().feed([start, descriptor, first, third]),
    ...logging().feed(without(documentsOf('a'), 3)),
    ...logging().feed([...documentsOf('a').slice(0, -1), fewer]),
    ...logging().feed([descriptor]),
    ...logging().feed([stop]),
    ...logging().feed([first]),
    ...logging().feed([start, start]),
    ...logging().feed([start, descriptor, first, first]),
    ...old.feed([]),
    ...logging({ maxOpenRuns: 1 }).feed([start, next]),
    ...logging({ maxOpenRuns: 1 }).feed([start, next, stop]).slice(-1),
    ...replaced.feed([]),
    ...logging().feed([start, stop, descriptor]).slice(-1),
  ]
  const said = tableOf('docs/reference/loss.md', 'Of a run').map((row) => row["the worker's log"]!)
  expect(lines.length).toBe(said.length)
  said.forEach((text, i) => {
    const parts = text.replace(/^"|"$/gu, '').split('…')
    const pattern = parts.map((part) => part.replace(/[()]/gu, '\\$&')).join('.+')
    expect(lines[i]?.msg).toMatch(new RegExp(`^${pattern}$`, 'u'))
    expect(lines[i]?.level).toBe(pino.levels.values.warn)
  })
})

it('the log says which stream lacks how much, of how many there are at most five', () => {
  const names = Array.from({ length: 8 }, (_, i) => `stream-${i}`)
  const { messages, stop: end } = makeRunDocuments({
    scan_id: 4,
    events: Object.fromEntries(names.map((name) => [name, 1])),
  })
  const num_events = Object.fromEntries(names.map((name) => [name, 2]))
  const last = { name: 'stop', doc: { ...end, num_events } } as const
  const [line] = logging().feed([...messages.slice(0, -1), last])
  expect(line).toMatchObject({ uid: end.run_start, plan_name: 'count', streams: 8 })
  expect(line?.msg).toBe(
    `scan 4 (count) is not complete: ${names
      .slice(0, 5)
      .map((name) => `${name} has 1 of 2 events`)
      .join('; ')}`,
  )
})

it('the log is not filled by losses that come in numbers', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { router, feed } = logging()
  const { messages } = makeRunDocuments({ uid: 'a', events: { primary: 9 } })
  const other = makeRunDocuments({ uid: 'b' }).messages[0]
  const lines = feed([other, ...without(messages.slice(0, -1), 2, 4, 6, 8)])
  expect(lines.map(({ msg, from }) => [msg, from])).toEqual([
    ['events of scan 1 (count) did not come', 2],
  ])
  router.connectionLost()
  expect(feed([]).map(({ msg }) => msg)).toEqual([
    'the connection was lost while scan 1 (count) was open',
  ])
  vi.advanceTimersByTime(10_000)
  router.connectionLost()
  expect(feed([])).toMatchObject([{ uid: 'b', more: 1 }])
})
