import {
  defineAction,
  type DocumentMessage,
  type Entry,
  MemoryJobQueue,
  type Rule,
  RunRouter,
} from '@prompt-papermill/core/documents'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { RecordingSpool } from '../../support/recording-spool.js'

const succeed = defineAction({
  name: 'succeed',
  run: () => Promise.resolve({ state: 'succeeded' }),
})
const entries: readonly Entry[] = [{ name: 'succeed', action: succeed }]
const withDocuments: readonly Entry[] = [{ ...entries[0]!, documents: true }]
const fail = (): never => {
  throw new Error('a mistake of the test')
}

function feed(router: RunRouter, messages: readonly DocumentMessage[]): void {
  for (const message of messages) router.dispatch(message)
}

/** A router with these rules that keeps documents, and what came of its jobs. */
function routerOf(...rules: Rule[]) {
  const spool = new RecordingSpool()
  const router = new RunRouter([], { spool })
  router.setRules(rules)
  const ends: Record<string, unknown> = {}
  router.events.on('job', ({ job, state }) => (ends[job.rule] = [state.state, job.documents]))
  const errors: string[] = []
  router.events.on('decision-error', (error) => errors.push((error as Error).message))
  return { spool, router, ends, errors }
}

describe('the documents of a run', () => {
  const { messages, uid } = makeRunDocuments({ plan_name: 'count' })

  it('are kept where a rule wants them, from the first to the last', async () => {
    const { spool, router, ends } = routerOf(
      { name: 'wants', when: { plan_name: 'count' }, entries: withDocuments },
      { name: 'does-not', when: {}, entries },
    )
    feed(router, messages)
    await router.settled()
    expect(spool.written.get(uid)).toEqual(messages.map(({ name }) => name))
    expect([spool.finished, spool.discarded]).toEqual([[uid], []])
    expect(ends).toEqual({
      wants: ['succeeded', `/documents/${uid}.jsonl`],
      'does-not': ['succeeded', null],
    })
  })

  it.each<[string, Rule[]]>([
    ['no rule wants them', [{ name: 'a', when: {}, entries }]],
    ['there is no rule', []],
    [
      'the rule that wants them does not match',
      [{ name: 'a', when: { plan_name: 'scan', 'stop.x': 1 }, entries: withDocuments }],
    ],
  ])('are not kept where %s', async (_, rules) => {
    const { spool, router } = routerOf(...rules)
    feed(router, messages)
    await router.settled()
    expect(spool.written.size).toBe(0)
  })

  it('are kept until it is known that nobody wants them, and then thrown away', async () => {
    const { spool, router } = routerOf({
      name: 'failures',
      when: { plan_name: 'count', 'stop.exit_status': 'fail' },
      entries: withDocuments,
    })
    feed(router, messages)
    await router.settled()
    expect(spool.written.get(uid)?.length).toBe(messages.length)
    expect([spool.finished, spool.discarded]).toEqual([[], [uid]])
  })

  it('are kept for entries that depend on the run, where their rule says so', async () => {
    const make = (documents: boolean) => ({
      documents,
      when: {},
      entries: () => Promise.resolve(withDocuments),
    })
    const kept = routerOf({ name: 'kept', ...make(true) })
    feed(kept.router, messages)
    await kept.router.settled()
    expect(kept.ends).toEqual({ kept: ['succeeded', `/documents/${uid}.jsonl`] })
    const lost = routerOf({ name: 'lost', ...make(false) })
    feed(lost.router, messages)
    await lost.router.settled()
    expect(lost.ends).toEqual({ lost: ['failed', null] })
  })

  it('are missed where a rule came too late to ask for them, which is said', async () => {
    const { router, ends, spool } = routerOf()
    const states: unknown[] = []
    router.events.on('job', ({ state }) => states.push(state))
    feed(router, messages.slice(0, 2))
    router.setRules([{ name: 'late', when: {}, entries: withDocuments }])
    feed(router, messages.slice(2))
    await router.settled()
    expect(ends).toEqual({ late: ['failed', null] })
    expect(states[0]).toMatchObject({ message: "the run's documents were not kept" })
    expect(spool.written.size).toBe(0)
  })

  it('that could not be kept fail who wanted them, and nobody else', async () => {
    const { router, ends, spool, errors } = routerOf(
      { name: 'wants', when: {}, entries: withDocuments },
      { name: 'does-not', when: {}, entries },
    )
    spool.failure = new Error('the disk is full')
    const states: unknown[] = []
    router.events.on('job', ({ state }) => states.push(state))
    feed(router, messages)
    await router.settled()
    expect(ends).toEqual({ wants: ['failed', null], 'does-not': ['succeeded', null] })
    expect(states[0]).toEqual({
      state: 'failed',
      reason: 'not-started',
      message: "the run's documents could not be kept: the disk is full",
    })
    expect(errors).toEqual([])
  })

  it('of a run that was abandoned are thrown away', async () => {
    const spool = new RecordingSpool()
    const router = new RunRouter([], { spool, maxOpenRuns: 1 })
    router.setRules([{ name: 'wants', when: {}, entries: withDocuments }])
    feed(router, messages.slice(0, 3))
    feed(router, makeRunDocuments({ uid: 'next' }).messages.slice(0, 1))
    await router.settled()
    expect(spool.discarded).toEqual([uid])
  })
})

describe('a router in trouble', () => {
  const { messages } = makeRunDocuments()

  it('decides by the other rules where the entries of one can not be told', async () => {
    const { router, ends, errors, spool } = routerOf(
      { name: 'throws', when: {}, entries: fail, documents: true },
      { name: 'rejects', when: {}, entries: () => Promise.reject(new Error('no such folder')) },
      { name: 'twice', when: {}, entries: () => Promise.resolve([...entries, ...entries]) },
      { name: 'good', when: {}, entries },
    )
    feed(router, messages)
    await router.settled()
    expect(ends).toEqual({ good: ['succeeded', null] })
    expect(errors.sort()).toEqual([
      'a mistake of the test',
      'no such folder',
      'rule twice has two entries named "succeed"; give one another name',
    ])
    expect(spool.discarded.length).toBe(1)
  })

  it('says so when the queue takes no jobs', async () => {
    const queue = new MemoryJobQueue()
    const router = new RunRouter([], { queue }).on({ when: {} }, succeed)
    await queue.stop(0)
    const errors: unknown[] = []
    router.events.on('decision-error', (error, run) =>
      errors.push([(error as { code: string }).code, run.uid]),
    )
    feed(router, messages)
    await router.decided()
    expect(errors).toEqual([['closed', (messages[0]!.doc as { uid: string }).uid]])
  })

  it('goes on when a listener throws while a document is routed, and says of which', async () => {
    const received: string[] = []
    const router = new RunRouter([() => [[(name) => received.push(name)], []]])
    router.on({ when: {} }, succeed)
    const errors: string[] = []
    router.events.on('callback-error', (_, { name }) => errors.push(name))
    router.events.on('opened', fail)
    router.events.on('stopped', fail)
    const opened: string[] = []
    router.events.on('opened', ({ uid }) => opened.push(uid))
    const states: string[] = []
    router.events.on('job', ({ state }) => states.push(state.state))
    feed(router, messages)
    await router.settled()
    expect(received.length).toBe(messages.length)
    expect(opened.length).toBe(1)
    expect(errors).toEqual(['start', 'stop'])
    expect(states.at(-1)).toBe('succeeded')
  })

  it('goes on when callbacks and factories throw, for the others too', async () => {
    const received: string[] = []
    const router = new RunRouter([
      fail,
      () => [
        [fail, (name) => received.push(name)],
        [fail, () => [fail]],
      ],
      () => [[(name) => received.push(name)], []],
    ])
    router.on({ when: {} }, succeed)
    const errors: string[] = []
    router.events.on('callback-error', (_, { name }) => errors.push(name))
    const states: string[] = []
    router.events.on('job', ({ state }) => states.push(state.state))
    feed(router, messages)
    await router.settled()
    expect(received.length).toBe(2 * messages.length)
    expect(new Set(errors)).toEqual(new Set(messages.map(({ name }) => name)))
    expect(states.at(-1)).toBe('succeeded')
  })

  it('throws what a callback threw once it is done, where nobody listens for that', async () => {
    const caught: unknown[] = []
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException')
      for (const listener of others) process.on('uncaughtException', listener)
    })
    process.on('uncaughtException', (error) => caught.push(error.message))
    const received: string[] = []
    const router = new RunRouter([() => [[fail, (name) => received.push(name)], []]])
    const [start, descriptor, ...rest] = messages
    // a document that can't be made a page of is no mistake of the program
    const broken = { ...rest[0]!, doc: { ...rest[0]!.doc, data: [1] } } as DocumentMessage
    feed(router, [start!, descriptor!])
    await new Promise((resolve) => setImmediate(resolve))
    expect(received).toEqual(['start', 'descriptor'])
    expect(caught).toEqual(['a mistake of the test', 'a mistake of the test'])
    feed(router, [broken])
    await new Promise((resolve) => setImmediate(resolve))
    expect(caught.length).toBe(2)
  })
})
