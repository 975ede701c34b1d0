import { type DocumentMessage, Run, RunTracker } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { documentsOf, feed, listenTo, track } from '../../support/tracking.js'
import { files, message, openRun } from './support.js'

describe('a run that comes again after it stopped', () => {
  it('is left out wholly, and told by its start, its stop and nothing else', () => {
    const messages = [...documentsOf('a').slice(0, 2), ...files, ...documentsOf('a').slice(2)]
    // their uids are others' now
    const again = [...documentsOf('a').slice(0, 2), ...files, ...documentsOf('a').slice(2)]
    const tracker = new RunTracker()
    feed(tracker, [documentsOf('b')[0]!, ...documentsOf('a')])
    const said = listenTo(tracker)
    const whole = makeRunDocuments({ uid: 'a' }).messages
    for (const documents of [whole, messages.slice(0, 6), again.slice(0, 6)]) {
      expect(feed(tracker, documents)).toEqual(documents.map(() => null))
    }
    expect(new Set(said)).toEqual(new Set(['duplicate a']))
    expect(said.length).toBe(4)
    expect(tracker.openRuns.map(({ uid }) => uid)).toEqual(['b'])
  })

  it('is taken where its start had not come: it could not be dealt with', () => {
    const messages = documentsOf('a')
    expect(track([...messages.slice(1), ...messages])).toEqual([
      ...['joined a', 'stop-without-start a'],
      ...['opened a', 'stopped a'],
    ])
  })

  it('is told by what comes late, which is of the run though it is new', () => {
    const messages = documentsOf('a')
    const late = [messages[2]!, message('resource', { uid: 'x', run_start: 'a' })]
    const said = track([...messages, ...late, message('datum', { datum_id: 'x/0', resource: 'x' })])
    expect(said).toEqual(['opened a', 'stopped a', 'duplicate a'])
  })
})

describe('a run that is to come anew', () => {
  const messages = documentsOf('a')

  it('is given up with the reason, and comes like any other', () => {
    const tracker = new RunTracker()
    const given: unknown[] = []
    tracker.on('abandoned', ({ uid, abandoned, documents }, why) =>
      given.push(uid, abandoned, documents, why),
    )
    feed(tracker, messages.slice(0, 3))
    expect([tracker.forget('b'), tracker.forget('a'), tracker.forget('a')]).toEqual([
      ...[false, true, false],
    ])
    expect(given).toEqual(['a', 'replaced', 3, 'replaced'])
    expect(tracker.openRuns).toEqual([])
    const run = feed(tracker, messages).at(-1)
    expect([run?.complete, run?.documents, run?.abandoned]).toEqual([true, messages.length, null])
  })

  it('may have stopped', () => {
    const tracker = new RunTracker()
    feed(tracker, messages)
    expect(tracker.forget('a')).toBe(false)
    expect(track(messages, tracker)).toEqual(['opened a', 'stopped a'])
  })
})

describe('a run with very many descriptors', () => {
  it('keeps the first 1,000, counts the others, and tells the latest 10,000 events apart', () => {
    const tracker = new RunTracker()
    let described = 0
    tracker.on('described', () => (described += 1))
    const [run] = feed(tracker, documentsOf('a').slice(0, 1))
    const descriptor = (n: number): DocumentMessage =>
      message('descriptor', { uid: `d-${n}`, run_start: 'a', name: 'primary', data_keys: {} })
    const event = (n: number): DocumentMessage =>
      message('event', { uid: `e-${n}`, descriptor: `d-${n}`, seq_num: n, time: n })
    const count = 12_000
    for (let n = 1; n <= count; n += 1) feed(tracker, [descriptor(n), event(n)])
    expect(run?.events).toEqual({ primary: count })
    expect([run?.descriptors.length, run?.omittedDescriptors, described]).toEqual([
      ...[1000, count - 1000, 1000],
    ])
    expect(run?.owned.length).toBe(10_000)
    expect(Run.fromRecord(run!.toRecord()).omittedDescriptors).toBe(count - 1000)
    expect(track([event(count), event(1)], tracker)).toEqual(['duplicate a', 'unattributed'])
    expect(track([...documentsOf('a').slice(-1), event(count)], tracker)).toContain('stopped a')
  })

  it('counts the first 1,000 of very many streams', () => {
    const { run, take } = openRun()
    for (let n = 0; n < 3000; n += 1) {
      take(message('descriptor', { uid: `d-${n}`, run_start: 'a', name: `s-${n}`, data_keys: {} }))
      take(message('event', { uid: `e-${n}`, descriptor: `d-${n}`, seq_num: 1, time: n }))
    }
    expect([run.streams.length, run.events['s-5'], run.events['s-2999']]).toEqual([
      ...[1000, 1, undefined],
    ])
  })
})
