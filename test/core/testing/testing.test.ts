import { type DocumentMessage, Run, validateDocument } from '@prompt-papermill/core'
import { FakeSource, makeJob, makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

describe('the documents of a run that tests make', () => {
  it('break no schema', () => {
    const { messages } = makeRunDocuments({ events: { primary: 2, baseline: 1 } })
    const results = messages.map(({ name, doc }) => validateDocument(name, doc))
    expect(results).toEqual(messages.map(() => ({ valid: true })))
  })

  it('are those of one complete run, as it was asked for', () => {
    const { messages, uid } = makeRunDocuments({
      uid: 'a',
      plan_name: 'scan',
      scan_id: 7,
      exit_status: 'abort',
      metadata: { sample: 'Si' },
      events: { primary: 2, baseline: 1 },
    })
    const run = new Run(uid)
    for (const message of messages) run.add(message)
    expect(run.start).toMatchObject({ uid: 'a', plan_name: 'scan', scan_id: 7, sample: 'Si' })
    expect(run.stop).toMatchObject({ run_start: 'a', exit_status: 'abort' })
    expect([run.complete, run.events]).toEqual([true, { primary: 2, baseline: 1 }])
    const times = messages.map(({ doc }) => (doc as { time: number }).time)
    expect([...times].sort((a, b) => a - b)).toEqual(times)
  })

  it('have uids of their own each time', () => {
    const uids = [makeRunDocuments(), makeRunDocuments()].flatMap(({ messages }) =>
      messages.map(({ doc }) => (doc as { uid: string }).uid),
    )
    expect(new Set(uids).size).toBe(uids.length)
  })
})

describe('a fake source', () => {
  const [start] = makeRunDocuments().messages as [DocumentMessage]

  it('sends only while it is started, and says what to do', async () => {
    const source = new FakeSource()
    expect(() => source.send(start)).toThrow('await source.start() first')
    expect(source.connected).toBe(false)
    await source.start()
    source.send(start)
    expect(source.connected).toBe(true)
    await source.stop()
    expect(() => source.drop()).toThrow('await source.start() first')
    expect(source.counts).toEqual({ documents: 1, dropped: 0, invalid: 0, ignored: 0 })
  })
})

describe('a job that tests make', () => {
  it('has an id of its own, and what it was asked for', () => {
    const [first, second] = [makeJob(), makeJob({ rule: 'reflectivity' })]
    expect(first.id).not.toBe(second.id)
    expect([first.rule, second.rule]).toEqual(['rule', 'reflectivity'])
    expect(first.run.complete).toBe(true)
  })
})
