import { replay, Run, type RunRecord, toLosslessJson } from '@prompt-papermill/core'
import { makeRunDocuments, type RunDocumentsOptions } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { openRun, runOf } from '../../support/runs.js'
import { vectorPath } from '../../support/vectors.js'

describe('a run', () => {
  it('counts what it is given', () => {
    const { messages, start, stop } = makeRunDocuments({ events: { primary: 3, baseline: 2 } })
    const run = runOf(messages)
    expect(run.start).toBe(start)
    expect(run.stop).toBe(stop)
    expect(run.events).toEqual({ primary: 3, baseline: 2 })
    expect(run.streams).toEqual(['primary', 'baseline'])
    expect(run.documents).toBe(messages.length)
    expect(run.gaps).toEqual([])
    expect(run.complete).toBe(true)
    expect(run.duration).toBeCloseTo(0.8)
  })

  it.each<[string, Record<string, number>]>([
    ['reflection_scan', { primary: 11 }],
    ['baseline_multi', { baseline: 2, primary: 6 }],
    ['fly', { flyer: 20 }],
    ['images', { primary: 3 }],
  ])('that was recorded is complete: %s', async (name, events) => {
    const source = replay(vectorPath(name, 'frames'))
    const run = new Run('recorded')
    source.on('document', (message) => run.add(message))
    await source.start()
    await source.finished()
    expect(run.events).toEqual(events)
    expect(run.stop?.num_events).toEqual(events)
    expect([run.gaps, run.complete]).toEqual([[], true])
  })

  it('is not complete before its stop, and not stopped', () => {
    const run = runOf(makeRunDocuments().messages.slice(0, -1))
    expect([run.started, run.stopped, run.complete, run.duration]).toEqual([
      true,
      false,
      false,
      null,
    ])
  })

  it('is stopped but not complete when its start did not come', () => {
    const run = runOf(makeRunDocuments().messages.slice(1))
    expect([run.started, run.stopped, run.complete, run.duration]).toEqual([
      false,
      true,
      false,
      null,
    ])
    expect(() => run.start).toThrow('the Run Start of run was not received')
  })

  it('is stopped but not complete with a hole in it', () => {
    const { messages } = makeRunDocuments({ events: { primary: 5 } })
    const run = runOf(messages.filter(({ doc }) => (doc as { seq_num?: number }).seq_num !== 3))
    expect(run.gaps).toEqual([{ stream: 'primary', from: 3, to: 3 }])
    expect([run.stopped, run.complete]).toEqual([true, false])
  })

  it('keeps its first start and stop', () => {
    const [first, second] = [makeRunDocuments(), makeRunDocuments()]
    const run = runOf([...first.messages, ...second.messages])
    expect([run.start, run.stop]).toEqual([first.start, first.stop])
  })

  it('keeps a descriptor once, however often it comes', () => {
    const { messages } = makeRunDocuments()
    const run = runOf([...messages.slice(0, 2), messages[1]!, ...messages.slice(2)])
    expect(run.descriptors.length).toBe(1)
    expect(run.complete).toBe(true)
  })

  it('was seen last when its last document came', () => {
    vi.useFakeTimers({ now: 1_000_000 })
    onTestFinished(() => void vi.useRealTimers())
    const run = runOf(makeRunDocuments().messages.slice(0, 1))
    vi.advanceTimersByTime(5000)
    expect(run.lastSeenAt).toEqual(new Date(1_000_000))
    run.add(makeRunDocuments().messages[1]!)
    expect(run.lastSeenAt).toEqual(new Date(1_005_000))
  })

  it('has no duration where a time is no number, and one where it is a big integer', () => {
    const timed = (time: unknown): number | null => {
      const { messages, stop } = makeRunDocuments({ time: 0 })
      return runOf([messages[0]!, { name: 'stop', doc: { ...stop, time } as never }]).duration
    }
    expect(timed('noon')).toBe(null)
    expect(timed(2n ** 60n)).toBe(2 ** 60)
  })
})

describe('the record of a run', () => {
  it.each<[string, RunDocumentsOptions, number[], number]>([
    ['a whole run', { events: { primary: 4, baseline: 2 } }, [], 0],
    ['an open run', { events: { primary: 4 } }, [], 1],
    ['one with holes', { events: { primary: 9 } }, [1, 4, 5], 0],
    ['one with holes that is open', { events: { primary: 9 } }, [1, 4, 5], 1],
    ['one that lacks its end', { events: { primary: 5 } }, [4, 5], 0],
    ['one without events', { events: { primary: 0 } }, [], 0],
    ['one without streams', { events: {} }, [], 0],
  ])('makes the same run again: %s', (_, options, lost, cut) => {
    const { messages } = makeRunDocuments(options)
    const kept = messages
      .filter(({ doc }) => !lost.includes((doc as { seq_num?: number }).seq_num ?? 0))
      .slice(0, messages.length - lost.length - cut)
    const record = runOf(kept).toRecord()
    const again = Run.fromRecord(JSON.parse(toLosslessJson(record)) as RunRecord)
    expect(again.toRecord()).toEqual(record)
    expect(again.streams).toEqual(Object.keys(record.events))
  })

  it('says what was lost, and leaves out what there is not', () => {
    const [, descriptor, ...rest] = makeRunDocuments().messages
    const run = runOf([descriptor!, ...rest.slice(1)])
    run.noteDuplicate()
    run.noteInterruption()
    run.noteAbandoned('too-many')
    const lost = {
      joined: true,
      duplicates: 1,
      interruptions: 1,
      abandoned: 'too-many',
      miscounts: [{ stream: 'primary', expected: 3, received: 2 }],
    }
    const record = run.toRecord()
    expect(record).toMatchObject(lost)
    expect(Run.fromRecord(record)).toMatchObject({ ...lost, restored: true })
    expect(Object.keys(runOf(makeRunDocuments().messages).toRecord())).toEqual([
      ...['uid', 'start', 'descriptors', 'stop', 'events', 'gaps', 'documents', 'complete'],
    ])
  })

  it('has the resources of an open run, for their datums, and none of one that has stopped', () => {
    const [start, descriptor, ...rest] = makeRunDocuments().messages
    const files = ['resource', 'stream_resource'].map(
      (name, i) => ({ name, doc: { uid: `file-${i}`, run_start: 'run' } }) as never,
    )
    const run = runOf([start!, descriptor!, ...files])
    expect(run.toRecord().resources).toEqual(['file-0', 'file-1'])
    expect(Run.fromRecord(run.toRecord()).resources).toEqual(['file-0', 'file-1'])
    for (const message of rest) run.add(message)
    expect(run.toRecord()).not.toHaveProperty('resources')
  })

  it('does not change when the run goes on', () => {
    const [start, descriptor] = makeRunDocuments().messages
    const run = runOf([start!])
    const record = run.toRecord()
    run.add(descriptor!)
    expect(record.descriptors).toEqual([])
  })

  it('goes on counting where it was, and in the stream where it was', () => {
    const { messages } = makeRunDocuments({ events: { primary: 6 } })
    for (let at = 1; at < messages.length; at += 1) {
      const run = Run.fromRecord(runOf(messages.slice(0, at)).toRecord())
      for (const message of messages.slice(at)) run.add(message)
      expect(run.toRecord()).toEqual({ ...runOf(messages).toRecord(), uid: 'run' })
    }
  })

  it('fills a hole that was there before', () => {
    const { run, see } = openRun()
    see(1, 3)
    const again = Run.fromRecord(run.toRecord())
    const descriptor = again.descriptors[0]!.uid
    again.add({ name: 'event', doc: { descriptor, seq_num: 2 } } as never)
    expect([again.events, again.gaps]).toEqual([{ primary: 3 }, []])
  })
})
