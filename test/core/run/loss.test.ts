import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import {
  Run,
  RunTracker,
  type RunTrackerEvents,
  runTrackerEventNames,
  type SourceEvents,
} from '@prompt-papermill/core'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { codeIn, type Row, tableOf } from '../../support/markdown-tables.js'
import { root } from '../../support/python.js'
import { documentsOf, feed, without } from '../../support/tracking.js'

const day = 24 * 60 * 60 * 1000

/** A tracker, and what it said by one of its events: the arguments of each. */
function listening<Name extends keyof RunTrackerEvents>(name: Name, tracker = new RunTracker()) {
  const said: Parameters<RunTrackerEvents[Name]>[] = []
  tracker.on(name, (...args: unknown[]) => {
    said.push(args as never)
  })
  return { tracker, said }
}

const [start, descriptor, first, second, third, stop] = documentsOf('a')

afterEach(() => void vi.useRealTimers())

describe('what is lost of a run', () => {
  it('tells of a hole in a stream when it is first seen', () => {
    const { tracker, said } = listening('gap')
    const [run] = feed(tracker, [start!, descriptor!, first!])
    expect(said).toEqual([])
    feed(tracker, [third!])
    expect(said).toEqual([[run, { stream: 'primary', from: 2, to: 2 }]])
    expect(run?.gaps).toEqual([{ stream: 'primary', from: 2, to: 2 }])
    feed(tracker, [stop!])
    expect([run?.complete, said.length]).toEqual([false, 1])
  })

  it('tells at the stop of events that did not come', () => {
    const { tracker, said } = listening('miscounted')
    const [run] = feed(tracker, without(documentsOf('a'), 2, 3))
    expect(said).toEqual([[run, [{ stream: 'primary', expected: 3, received: 1 }]]])
    expect(run?.miscounts).toEqual(said[0]?.[1])
    expect([run?.gaps, run?.complete]).toEqual([[{ stream: 'primary', from: 2, to: 3 }], false])
  })

  it('tells at the stop of more events than there were', () => {
    const { tracker, said } = listening('miscounted')
    const fewer = { ...stop!.doc, num_events: { primary: 2 } }
    const messages = [start!, descriptor!, first!, second!, third!]
    const [run] = feed(tracker, [...messages, { name: 'stop', doc: fewer } as never])
    expect(said).toEqual([[run, [{ stream: 'primary', expected: 2, received: 3 }]]])
    expect([run?.miscounts, run?.gaps, run?.complete]).toEqual([said[0]?.[1], [], false])
  })

  it('tells of a run that it joins in the middle', () => {
    const { tracker, said } = listening('joined')
    const [run] = feed(tracker, [descriptor!, first!])
    expect(said).toEqual([[run]])
    expect([run?.joined, run?.started]).toEqual([true, false])
    feed(tracker, [start!])
    expect([run?.joined, run?.started]).toEqual([true, true])
    expect(feed(tracker, documentsOf('b')).at(-1)?.joined).toBe(false)
  })

  it('tells of a stop without a start', () => {
    const { tracker, said } = listening('stop-without-start')
    const [run] = feed(tracker, [stop!])
    expect(said).toEqual([[run]])
    expect([run?.started, run?.stopped, run?.abandoned]).toEqual([false, true, null])
  })

  it('tells of a document whose run can not be told', () => {
    const { tracker, said } = listening('unattributed')
    const runs = feed(tracker, [start!, first!, second!, third!, stop!])
    expect(said).toEqual([[first], [second], [third]])
    expect(runs.slice(1, 4)).toEqual([null, null, null])
    expect(runs[0]?.miscounts).toEqual([{ stream: 'primary', expected: 3, received: 0 }])
  })

  it('tells of a start or stop that comes twice', () => {
    const { tracker, said } = listening('duplicate')
    const [run] = feed(tracker, [start!, start!, descriptor!, start!])
    expect(said).toEqual([
      [start, run],
      [start, run],
    ])
    expect([run?.duplicates, run?.documents]).toEqual([2, 2])
    feed(tracker, [first!, second!, third!, stop!, stop!])
    expect(said[2]?.[0]).toBe(stop)
    expect(said[2]?.[1]).toMatchObject({ uid: 'a', duplicates: 1 })
  })

  it('tells of an event that comes twice, and how many did', () => {
    const { tracker, said } = listening('duplicate')
    const [run] = feed(tracker, [start!, descriptor!, first!, first!, second!, second!])
    expect(said).toEqual([[first, run]])
    expect([run?.duplicates, run?.events]).toEqual([2, { primary: 2 }])
  })

  it('tells of a run that it gives up since nothing comes of it', () => {
    vi.useFakeTimers({ now: new Date('2026-11-20T18:00:00Z') })
    const { tracker, said } = listening('abandoned')
    const [run] = feed(tracker, [start!, descriptor!, first!])
    vi.advanceTimersByTime(7 * day - 1)
    expect([said, run?.abandoned]).toEqual([[], null])
    vi.advanceTimersByTime(1)
    expect(said).toEqual([[run, 'too-old']])
    expect(run?.abandoned).toBe('too-old')
    expect(run?.lastSeenAt).toEqual(new Date('2026-11-20T18:00:00Z'))
    expect(tracker.openRuns).toEqual([])
  })

  it('tells of a run that it gives up since too many are open', () => {
    const { tracker, said } = listening('abandoned', new RunTracker({ maxOpenRuns: 2 }))
    const [a, b] = ['a', 'b'].map((uid) => tracker.add(documentsOf(uid)[0]!))
    // of the older one something has come since
    tracker.add(descriptor!)
    tracker.add(documentsOf('c')[0]!)
    expect(said).toEqual([[b, 'too-many']])
    expect([a?.abandoned, b?.abandoned]).toEqual([null, 'too-many'])
    expect(tracker.openRuns.map(({ uid }) => uid)).toEqual(['a', 'c'])
  })

  it('tells a stop of a run that it gave up from others', () => {
    const { tracker, said } = listening('stop-without-start', new RunTracker({ maxOpenRuns: 1 }))
    feed(tracker, [start!, descriptor!, documentsOf('b')[0]!, stop!])
    expect(said[0]?.[0]).toMatchObject({ uid: 'a', abandoned: 'too-many', started: false })
    // so too where more than the stop comes late
    const again = listening('stop-without-start', new RunTracker({ maxOpenRuns: 1 }))
    feed(again.tracker, [start!, documentsOf('b')[0]!, descriptor!, first!, stop!])
    expect(again.said[0]?.[0]).toMatchObject({ abandoned: 'too-many', joined: true, documents: 3 })
  })

  it('tells of a run that is to come anew', () => {
    const { tracker, said } = listening('abandoned')
    const [run] = feed(tracker, [start!, descriptor!, first!])
    tracker.forget('a')
    expect(said).toEqual([[run, 'replaced']])
    expect(run?.abandoned).toBe('replaced')
  })

  it('tells of a document that comes after the stop', () => {
    const { tracker, said } = listening('duplicate')
    const messages = documentsOf('a')
    feed(tracker, messages)
    expect(feed(tracker, messages.slice(1, 3))).toEqual([null, null])
    expect(said.map(([message, { uid }]) => [message, uid])).toEqual([[messages[1], 'a']])
    expect(tracker.openRuns).toEqual([])
  })
})

describe('the table of what can be lost', () => {
  const page = 'docs/reference/loss.md'
  const here = 'test/core/run/loss.test.ts'
  const ofRuns = tableOf(page, 'Of a run')
  const ofConnections = tableOf(page, 'Of the connection')

  /** The file and the name of the test that a row names. */
  function testOf({ test }: Row): { readonly name: string; readonly file: string } {
    const linked = /^(?<name>.+) \(\[\w+\]\((?<link>[^)]+)\)\)$/u.exec(test!)?.groups
    if (!linked) return { name: test!, file: here }
    return { name: linked.name!, file: join(dirname(page), linked.link!) }
  }

  it('names tests that there are', () => {
    for (const { name, file } of [...ofRuns, ...ofConnections].map(testOf)) {
      expect(existsSync(join(root, file)), `${file}, of "${name}"`).toBe(true)
      expect(readFileSync(join(root, file), 'utf8')).toContain(`it('${name}'`)
    }
  })

  it('has a row for each test of what is lost of a run', () => {
    const [, tests = ''] = readFileSync(join(root, here), 'utf8').split('\ndescribe(')
    const names = [...tests.matchAll(/^ {2}it\('(?<name>[^']+)'/gmu)].map(
      ({ groups }) => groups?.name,
    )
    expect(ofRuns.map((row) => testOf(row).name)).toEqual(names)
  })

  it('has each event of a tracker that is about a loss, and no others', () => {
    const told = new Set(ofRuns.map(({ event }) => codeIn(event!)[0]))
    // these are about what came; `interrupted` is in the text on connections
    const others = ['opened', 'described', 'interrupted', 'stopped']
    expect([...told, ...others].sort()).toEqual([...runTrackerEventNames].sort())
  })

  it('has events of sources that there are', () => {
    const names: (keyof SourceEvents)[] = [
      ...(['disconnected', 'connected', 'refused', 'dropped', 'overflow'] as const),
    ]
    const told = ofConnections.flatMap(({ event }) => codeIn(event!))
    expect(new Set(told)).toEqual(new Set(names))
  })

  it('has properties that a Run has', () => {
    const columns = ['property', 'property of the runs that are open']
    const told = [...ofRuns, ...ofConnections].flatMap((row) =>
      columns.flatMap((column) => codeIn(row[column] ?? '')),
    )
    expect(told.length).toBeGreaterThan(10)
    for (const property of told) {
      const name = property.replace('run.', '')
      expect(Object.getOwnPropertyDescriptor(Run.prototype, name), property).toBeDefined()
    }
  })
})
