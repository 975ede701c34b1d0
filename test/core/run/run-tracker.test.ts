import { type DocumentMessage, replay, Run, RunTracker } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { documentsOf as documents, feed, track } from '../../support/tracking.js'
import { vectorPath } from '../../support/vectors.js'

const interleave = (...runs: (readonly DocumentMessage[])[]): DocumentMessage[] =>
  runs[0]!.flatMap((_, i) => runs.map((messages) => messages[i]!))

describe('the tracker of runs', () => {
  it('gives each document to its own run, though they interleave', () => {
    const tracker = new RunTracker()
    const runs = feed(tracker, interleave(documents('a'), documents('b'), documents('c')))
    expect(runs.map((run) => run?.uid)).toEqual(documents('a').flatMap(() => ['a', 'b', 'c']))
    expect(new Set(runs).size).toBe(3)
    expect(runs.every((run) => run?.complete)).toBe(true)
    expect(tracker.openRuns).toEqual([])
  })

  it('tells runs apart that were recorded while both were open', async () => {
    const tracker = new RunTracker()
    const runs = new Set<Run>()
    tracker.on('stopped', (run) => runs.add(run))
    const source = replay(vectorPath('interleaved', 'frames'))
    source.on('document', (message) => feed(tracker, [message]))
    await source.start()
    await source.finished()
    expect([...runs].map(({ complete }) => complete)).toEqual([true, true])
  })

  it('gives files and what is in them to their run', () => {
    const tracker = new RunTracker()
    const [start, descriptor] = documents('a')
    const stream = (descriptor!.doc as { uid: string }).uid
    const messages = [
      start,
      descriptor,
      { name: 'resource', doc: { uid: 'r', run_start: 'a' } },
      { name: 'stream_resource', doc: { uid: 's', run_start: 'a' } },
      { name: 'datum', doc: { datum_id: 'r/1', resource: 'r', datum_kwargs: {} } },
      { name: 'datum_page', doc: { resource: 'r' } },
      { name: 'bulk_datum', doc: { resource: 'r' } },
      { name: 'stream_datum', doc: { stream_resource: 's', descriptor: stream } },
      { name: 'bulk_events', doc: { [stream]: [] } },
    ] as DocumentMessage[]
    expect(feed(tracker, messages).map((run) => run?.uid)).toEqual(messages.map(() => 'a'))
  })

  it('says when a run begins and stops', () => {
    expect(track(documents('a'))).toEqual(['opened a', 'stopped a'])
  })

  it('follows a run that it joined in the middle, and says that its start is missing', () => {
    const [, ...rest] = documents('a')
    expect(track(rest)).toEqual(['joined a', 'stop-without-start a'])
  })

  it('takes a start that comes late for that of the run', () => {
    const [start, descriptor, ...rest] = documents('a')
    expect(track([descriptor!, start!, ...rest])).toEqual(['joined a', 'opened a', 'stopped a'])
  })

  it('can not tell whose documents are of which the descriptor did not come', () => {
    const [, , ...rest] = documents('a')
    expect(track(rest)).toEqual([
      'unattributed',
      'unattributed',
      'unattributed',
      'stop-without-start a',
    ])
  })

  it.each([
    ['resource', { uid: 'r' }],
    ['resource', { uid: 'r', run_start: 5 }],
    ['stream_resource', { uid: 'r', run_start: null }],
    ['datum', { resource: 'nowhere' }],
    ['bulk_events', {}],
    ['bulk_datum', {}],
  ])('can not tell whose a %s %o is', (name, doc) => {
    const tracker = new RunTracker()
    expect(track([{ name, doc } as never], tracker)).toEqual(['unattributed'])
    expect(tracker.openRuns).toEqual([])
  })

  it('says when a start comes twice, and a stop', () => {
    const [start, ...rest] = documents('a')
    const stop = rest.at(-1)!
    expect(track([start!, start!, ...rest, stop, stop])).toEqual([
      'opened a',
      'duplicate a',
      'stopped a',
      'duplicate a',
      'duplicate a',
    ])
  })

  it('leaves out a run that comes once more after it stopped', () => {
    expect(track([...documents('a'), ...documents('a')])).toEqual([
      'opened a',
      'stopped a',
      'duplicate a',
      'duplicate a',
    ])
  })

  it('leaves out what comes of a run after its stop, and says so once', () => {
    const messages = documents('a')
    const late = [messages[1]!, messages[2]!]
    expect(track([...messages, ...late])).toEqual(['opened a', 'stopped a', 'duplicate a'])
  })

  it('gives up the oldest run when too many are open', () => {
    const tracker = new RunTracker({ maxOpenRuns: 2 })
    const starts = ['a', 'b', 'c', 'd'].map((uid) => documents(uid)[0]!)
    const said = track(starts, tracker)
    expect(said.filter((event) => event.startsWith('abandoned'))).toEqual([
      'abandoned a',
      'abandoned b',
    ])
    expect(tracker.openRuns.map(({ uid }) => uid)).toEqual(['c', 'd'])
  })

  it('keeps nothing of an abandoned run', () => {
    const tracker = new RunTracker({ maxOpenRuns: 1 })
    const [a, b] = [documents('a'), documents('b')]
    const said = track([...a.slice(0, 2), b[0]!, a[2]!, ...b.slice(1)], tracker)
    expect(said).toEqual(['opened a', 'abandoned a', 'opened b', 'unattributed', 'stopped b'])
  })

  it('remembers a bounded number of runs that have stopped', () => {
    const tracker = new RunTracker()
    const said: string[] = []
    for (let n = 0; n < 1100; n += 1) feed(tracker, documents(`run-${n}`))
    tracker.on('duplicate', () => said.push('duplicate'))
    tracker.on('stop-without-start', () => said.push('stop-without-start'))
    feed(tracker, [documents('run-0').at(-1)!, documents('run-1099').at(-1)!])
    expect(said).toEqual(['stop-without-start', 'duplicate'])
  })

  it('knows an open run again after a restart', () => {
    const messages = documents('a')
    for (let at = 1; at < messages.length; at += 1) {
      const before = new RunTracker()
      feed(before, messages.slice(0, at))
      const after = new RunTracker()
      after.restore(Run.fromRecord(before.openRuns[0]!.toRecord()))
      const runs = feed(after, messages.slice(at))
      expect(runs.map((run) => run?.uid)).toEqual(messages.slice(at).map(() => 'a'))
      expect(runs.at(-1)?.complete).toBe(true)
    }
  })

  it('restores no run that has stopped, nor one twice, nor more than it may have', () => {
    const tracker = new RunTracker({ maxOpenRuns: 2 })
    const run = (uid: string, length: number): Run => {
      const made = new Run(uid)
      for (const message of documents(uid).slice(0, length)) made.add(message)
      return made
    }
    tracker.restore(run('stopped', 99))
    const [first, second] = [run('a', 2), run('a', 2)]
    tracker.restore(first)
    tracker.restore(second)
    expect(tracker.openRuns).toEqual([first])
    expect(tracker.openRuns[0]).toBe(first)
    tracker.restore(run('b', 2))
    tracker.restore(run('c', 2))
    expect(tracker.openRuns.map(({ uid }) => uid)).toEqual(['b', 'c'])
  })
})
