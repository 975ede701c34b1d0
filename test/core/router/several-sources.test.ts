import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import {
  defineAction,
  type DocumentMessage,
  DocumentRouter,
  type DocumentCallback,
  type Event,
  type Run,
  type RunFactory,
  RunRouter,
} from '@prompt-papermill/core/documents'
import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { hasPython, python } from '../../support/python.js'
import { RecordingSpool } from '../../support/recording-spool.js'

const note = defineAction({ name: 'note', run: () => Promise.resolve({ state: 'succeeded' }) })
const entries = [{ name: 'note', action: note, documents: true }] as const
const files = [
  { name: 'resource', doc: { uid: 'r', run_start: 'a' } },
  { name: 'datum', doc: { datum_id: 'r/0', resource: 'r', datum_kwargs: {} } },
  { name: 'stream_resource', doc: { uid: 's', run_start: 'a' } },
  { name: 'stream_datum', doc: { uid: 's/0', stream_resource: 's', descriptor: '' } },
] as never[] as DocumentMessage[]

/** A router with a rule that keeps documents, a factory, and what became of everything. */
function following() {
  const spool = new RecordingSpool()
  const got: string[] = []
  const callback: DocumentCallback = (name) => got.push(name)
  const factory: RunFactory = () => [[callback], [() => [callback]]]
  const router = new RunRouter([factory], { spool })
  router.setRules([{ name: 'all', when: {}, entries }])
  const decided: Run[] = []
  router.events.on('decided', ({ run }) => decided.push(run))
  return { router, spool, got, decided }
}

function feed(router: RunRouter, messages: readonly DocumentMessage[]): void {
  for (const message of messages) router.dispatch(message)
}

describe('a run that comes by way of two sources', () => {
  const { messages } = makeRunDocuments({ uid: 'a', events: { primary: 20 } })
  const whole = [messages[0]!, ...files, ...messages.slice(1)]
  const names = whole.map(({ name }) => name)

  it('reaches callbacks and the kept documents once', async () => {
    const once = following()
    feed(once.router, whole)
    const twice = following()
    const [one, other] = [new FakeSource(), new FakeSource()]
    for (const source of [one, other]) {
      source.subscribe(twice.router)
      await source.start()
    }
    // the other is three documents behind, and goes on after the stop
    for (let i = 0; i < whole.length + 3; i += 1) {
      one.send(...whole.slice(i, i + 1))
      if (i >= 3) other.send(whole[i - 3]!)
    }
    await Promise.all([once.router.settled(), twice.router.settled()])
    expect(twice.spool.written.get('a')).toEqual(names)
    expect(twice.got).toEqual(once.got)
    expect(twice.decided.map(({ uid, complete }) => [uid, complete])).toEqual([['a', true]])
    expect(twice.spool.finished).toEqual(['a'])
  })

  it('reaches them once where it is delivered again from its beginning, open or stopped', async () => {
    const { router, spool, got, decided } = following()
    feed(router, whole.slice(0, 12))
    const { length } = got
    feed(router, whole.slice(0, 12))
    expect(got.length).toBe(length)
    feed(router, [...whole, ...whole])
    await router.settled()
    expect([spool.written.get('a'), decided.length]).toEqual([names, 1])
    expect([router.openRuns, spool.written.size]).toEqual([[], 1])
  })

  it('reaches them in a page of the rows that are new', () => {
    const seen: number[] = []
    class Events extends DocumentRouter {
      override event({ seq_num }: Event): void {
        seen.push(seq_num)
      }
    }
    const router = new RunRouter([() => [[new Events()], []]])
    const [start, descriptor, ...events] = messages
    feed(router, [start!, descriptor!, ...events.slice(0, 3)])
    const rows = events.slice(0, 6).map(({ doc }) => doc as Event)
    const doc = {
      descriptor: rows[0]!.descriptor,
      seq_num: rows.map(({ seq_num }) => seq_num),
      uid: rows.map(({ uid }) => uid),
      time: rows.map(({ time }) => time),
      data: { det: rows.map(({ data }) => data.det) },
      timestamps: { det: rows.map(({ time }) => time) },
    }
    feed(router, [{ name: 'event_page', doc }, events[4]!])
    expect(seen).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('reaches them once with resources that name no run', () => {
    const { router, got } = following()
    const unlabeled = [
      { name: 'resource', doc: { uid: 'u' } },
      { name: 'datum', doc: { datum_id: 'u/0', resource: 'u', datum_kwargs: {} } },
    ] as never[] as DocumentMessage[]
    feed(router, [messages[0]!, ...unlabeled, ...unlabeled])
    expect(got).toEqual(['start', 'resource', 'datum_page'])
  })

  it('may come once more where it could not be received', async () => {
    let full = true
    const received: string[] = []
    const router = new RunRouter([], {
      received: ({ run, jobs }) => {
        if (full) return Promise.reject(new Error('the disk is full'))
        received.push(run.uid)
        return Promise.resolve(jobs)
      },
    })
    feed(router, whole)
    await router.decided()
    full = false
    feed(router, [...whole, ...whole])
    await router.decided()
    expect(received).toEqual(['a'])
  })
})

describe('a run that is forgotten, since it comes anew', () => {
  it('is let go with its documents and callbacks, and delivered from its beginning', async () => {
    const { messages, uid } = makeRunDocuments()
    const { router, spool, got, decided } = following()
    const given: unknown[] = []
    router.events.on('abandoned', (run, why) => given.push(run.uid, why))
    feed(router, messages.slice(1, 2))
    expect([router.forget('other'), router.forget(uid), given]).toEqual([
      ...[false, true, [uid, 'replaced']],
    ])
    feed(router, messages.slice(0, 3))
    expect(router.forget(uid)).toBe(true)
    expect([spool.discarded, router.openRuns]).toEqual([[uid], []])
    const { length } = got
    for (const message of messages) router.dispatch(message, { origin: 'catch-up' })
    await router.settled()
    expect(spool.written.get(uid)).toEqual(messages.map(({ name }) => name))
    expect(got.slice(length).filter((name) => name === 'start').length).toBe(2)
    expect(decided.map(({ complete, joined, origin }) => [complete, joined, origin])).toEqual([
      [true, false, 'catch-up'],
    ])
    expect(router.forget(uid)).toBe(false)
  })
})

describe('which way a run came', () => {
  class Recorded extends FakeSource {
    override get origin(): 'replay' {
      return 'replay'
    }
  }

  it('is told by its source, kept in its record, and asked by rules', async () => {
    const router = new RunRouter()
    router.on({ name: 'live', when: { 'run.origin': 'live' } }, note)
    router.on({ name: 'later', when: { 'run.origin': { $in: ['replay', 'catch-up'] } } }, note)
    const jobs: unknown[] = []
    router.events.on('decided', (decision) =>
      jobs.push(decision.jobs.map(({ rule, run }) => [rule, run.origin])),
    )
    for (const source of [new FakeSource(), new Recorded()]) {
      source.subscribe(router)
      await source.start()
      source.send(...makeRunDocuments().messages)
      await router.settled()
    }
    // a live run has it not in its record, as those of earlier versions
    expect(jobs).toEqual([[['live', undefined]], [['later', 'replay']]])
  })
})

describe.runIf(hasPython)('a run whose plan was paused and rewound by a real RunEngine', () => {
  const script = fileURLToPath(new URL('rewinding_plan.py', import.meta.url))

  it('reaches callbacks with the data that were taken anew, by two proxies too', async () => {
    const printed = execFileSync(python, [script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const messages = printed
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as DocumentMessage)
    const seqNums = messages.flatMap(({ name, doc }) => (name === 'event' ? [doc.seq_num] : []))
    // what bluesky does: the counters go back to the checkpoint
    expect(seqNums).toEqual([1, 2, 3, 4, 5, 3, 4, 5, 6])
    for (const behind of [0, 1, 4]) {
      const { router, spool, decided } = following()
      for (let i = 0; i < messages.length + behind; i += 1) {
        feed(router, messages.slice(i, i + 1))
        if (i >= behind) feed(router, [messages[i - behind]!])
      }
      await router.settled()
      const [run] = decided
      expect([run?.complete, run?.events, run?.stop?.num_events]).toEqual([
        ...[true, { primary: 6 }, { primary: 6 }],
      ])
      expect([...spool.written.values()]).toEqual([messages.map(({ name }) => name)])
    }
  })
})
