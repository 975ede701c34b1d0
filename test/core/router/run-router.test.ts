import {
  type Action,
  type ActionContext,
  BlueskyError,
  type Decision,
  defineAction,
  type DocumentMessage,
  type Job,
  MemoryJobQueue,
  RunRouter,
} from '@prompt-papermill/core/documents'
import {
  FakeSource,
  makeRunDocuments,
  type RunDocumentsOptions,
} from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

const succeed = defineAction({
  name: 'succeed',
  run: () => Promise.resolve({ state: 'succeeded' }),
})

/** An action that keeps what it was called with. */
function recording(name = 'record'): {
  action: Action
  calls: { uid: string; context: ActionContext }[]
} {
  const calls: { uid: string; context: ActionContext }[] = []
  const action = defineAction({
    name,
    run: (run, context) => {
      calls.push({ uid: run.uid, context })
      return Promise.resolve({ state: 'succeeded' })
    },
  })
  return { action, calls }
}

function feed(router: RunRouter, messages: readonly DocumentMessage[]): void {
  for (const message of messages) router.dispatch(message)
}

/** Feeds a run and waits until all is done for it; returns what was decided and the ends of its jobs. */
async function routed(
  router: RunRouter,
  options: RunDocumentsOptions = {},
): Promise<{ decision: Decision; ends: Record<string, unknown> }> {
  const decisions: Decision[] = []
  const ends: Record<string, unknown> = {}
  router.events.on('decided', (decision) => decisions.push(decision))
  router.events.on('job', ({ job, state }) => (ends[`${job.rule}/${job.entry}`] = state))
  feed(router, makeRunDocuments(options).messages)
  await router.settled()
  return { decision: decisions.at(-1)!, ends }
}

describe('a router with rules', () => {
  it('acts when a run that matches has stopped, and not before', async () => {
    const router = new RunRouter()
    const { action, calls } = recording()
    router.on({ when: { plan_name: 'count' } }, action)
    const { messages, uid } = makeRunDocuments({ plan_name: 'count' })
    feed(router, messages.slice(0, -1))
    await router.settled()
    expect(calls).toEqual([])
    feed(router, messages.slice(-1))
    await router.settled()
    expect(calls.map((call) => call.uid)).toEqual([uid])
  })

  it('makes one job for each entry of each rule that matches', async () => {
    const router = new RunRouter()
    const entries = [succeed, { action: succeed, name: 'again' }]
    router
      .on({ name: 'counts', when: { plan_name: 'count' } }, ...entries)
      .on({ name: 'scans', when: { plan_name: 'scan' } }, succeed)
      .on({ name: 'all', when: {} }, succeed)
    const { decision, ends } = await routed(router, { plan_name: 'count' })
    expect(Object.keys(ends)).toEqual(['counts/succeed', 'counts/again', 'all/succeed'])
    expect(decision.rules.map(({ rule, matched }) => [rule, matched])).toEqual([
      ['counts', true],
      ['scans', false],
      ['all', true],
    ])
    expect(new Set(decision.jobs.map(({ id }) => id)).size).toBe(3)
  })

  it('hands an action the run as it was, and its parameters with their values', async () => {
    const router = new RunRouter()
    const { action, calls } = recording()
    const parameters = { sample: '$start.sample', bins: 500, status: '$stop.exit_status' }
    router.on({ name: 'rule', when: {} }, { action, parameters })
    const { decision } = await routed(router, { metadata: { sample: { name: 'Si' } } })
    expect(calls[0]?.context).toMatchObject({
      parameters: { sample: { name: 'Si' }, bins: 500, status: 'success' },
      documents: undefined,
      attempt: 1,
      job: { id: decision.jobs[0]!.id, rule: 'rule', entry: 'record' },
    })
    expect(decision.jobs[0]?.run).toEqual(decision.run.toRecord())
  })

  it('makes no second job of a run that is seen twice', async () => {
    const router = new RunRouter()
    const { action, calls } = recording()
    const added: (readonly Job[])[] = []
    router.on({ when: {} }, action).events.on('queued', (_, fresh) => added.push(fresh))
    const { messages, uid } = makeRunDocuments()
    feed(router, [...messages, ...messages])
    router.forget(uid)
    feed(router, messages)
    await router.settled()
    expect([calls.length, added.map(({ length }) => length).sort()]).toEqual([1, [0, 1]])
  })

  it('decides by the rules that are in force when the run stops', async () => {
    const router = new RunRouter()
    const [before, during, after] = ['before', 'during', 'after'].map((name) => recording(name))
    router.on({ name: 'before', when: {} }, before!.action)
    const { messages } = makeRunDocuments()
    feed(router, messages.slice(0, -1))
    const entries = [{ name: 'during', action: during!.action }]
    router.setRules([{ name: 'during', when: {}, entries }])
    feed(router, messages.slice(-1))
    router.on({ name: 'after', when: {} }, after!.action)
    await router.settled()
    expect([before, during, after].map((each) => each!.calls.length)).toEqual([0, 1, 0])
  })

  it('keeps its rules where others are wrong', () => {
    const router = new RunRouter().on({ name: 'good', when: {} }, succeed)
    expect(() => router.on({ name: 'bad', when: { $where: '1' } }, succeed)).toThrow(BlueskyError)
    expect(() => router.on({ name: 'good', when: {} }, succeed)).toThrow('two rules are named')
    expect(() => router.on({ when: {} }, succeed, succeed)).toThrow('two entries named "succeed"')
    expect(() => router.on({ when: {} }, {} as never)).toThrow('an entry is an action, or')
    expect(router.rules.map(({ rule }) => rule.name)).toEqual(['good'])
  })

  it('names rules that have no name, with none that another has', () => {
    const router = new RunRouter()
    router.on({ when: {} }, succeed).on({ name: 'rule-3', when: {} }, succeed)
    router.on({ when: {} }, succeed).on({ when: {} }, succeed)
    const names = router.rules.map(({ rule }) => rule.name)
    expect(names[0]).toBe('rule-1')
    expect(new Set(names).size).toBe(4)
  })

  it.each(['abort', 'fail'] as const)(
    'skips a run that ended with %s where it is told to',
    async (exit_status) => {
      const router = new RunRouter()
      const { action, calls } = recording()
      const exitStatus = ['success'] as const
      router.on(
        { name: 'rule', when: {}, exitStatus },
        { action, parameters: { p: '$start.gone' } },
      )
      const { ends } = await routed(router, { exit_status })
      expect(ends).toEqual({
        'rule/record': {
          state: 'skipped',
          reason: 'exit-status',
          message: `the run ended with ${exit_status}; analysed is success`,
        },
      })
      expect(calls).toEqual([])
    },
  )

  it('takes a written `when` for what it says: every exit status', async () => {
    const router = new RunRouter().on({ name: 'rule', when: {} }, succeed)
    const { ends } = await routed(router, { exit_status: 'abort' })
    expect(ends).toEqual({ 'rule/succeed': { state: 'succeeded' } })
  })

  it('fails a job whose parameters are missing, and again when it is rerun', async () => {
    const router = new RunRouter()
    const { action, calls } = recording()
    router.on({ name: 'rule', when: {} }, { action, parameters: { p: '$start.gone' } })
    const { decision, ends } = await routed(router)
    const failed = { state: 'failed', reason: 'not-started' }
    expect(ends['rule/record']).toMatchObject(failed)
    const status = await router.queue.get(decision.jobs[0]!.id)
    expect(await router.queue.rerun(status!)).toBe(true)
    await router.settled()
    expect(ends['rule/record']).toMatchObject(failed)
    expect(calls).toEqual([])
  })

  it('acts on a run that is not complete, unless a rule asks for that', async () => {
    const router = new RunRouter()
    router
      .on({ name: 'any', when: {} }, succeed)
      .on({ name: 'complete', when: { 'run.complete': true } }, succeed)
    const decided: Decision[] = []
    router.events.on('decided', (decision) => decided.push(decision))
    const { messages } = makeRunDocuments({ events: { primary: 4 } })
    feed(
      router,
      messages.filter(({ doc }) => (doc as { seq_num?: number }).seq_num !== 2),
    )
    await router.settled()
    expect(decided[0]?.jobs.map(({ rule }) => rule)).toEqual(['any'])
  })

  it('does nothing for a run whose start did not come', async () => {
    const router = new RunRouter().on({ when: {} }, succeed)
    const events: string[] = []
    for (const name of ['joined', 'stop-without-start', 'decided', 'stopped'] as const) {
      router.events.on(name, () => events.push(name))
    }
    feed(router, makeRunDocuments().messages.slice(1))
    await router.settled()
    expect(events).toEqual(['joined', 'stop-without-start'])
  })

  it('knows an open run again after a restart', async () => {
    const { messages, uid } = makeRunDocuments()
    const before = new RunRouter()
    feed(before, messages.slice(0, 3))
    const after = new RunRouter()
    const { action, calls } = recording()
    after.on({ when: { 'run.complete': true } }, action)
    after.restore(before.openRuns[0]!.toRecord())
    feed(after, messages.slice(3))
    await after.settled()
    expect(calls.map((call) => call.uid)).toEqual([uid])
  })

  it('gives jobs to the queue that it is given, which performs them with its performer', async () => {
    const queue = new MemoryJobQueue({ concurrency: 1 })
    const router = new RunRouter([], { queue })
    const { action, calls } = recording()
    router.on({ name: 'rule', when: {} }, action)
    feed(router, makeRunDocuments().messages)
    await router.decided()
    expect(calls).toEqual([])
    await queue.start(router.performer)
    await router.settled()
    expect(calls.length).toBe(1)
  })

  it('fails a job whose entry is there no more', async () => {
    const queue = new MemoryJobQueue()
    const router = new RunRouter([], { queue }).on({ name: 'rule', when: {} }, succeed)
    const ends: unknown[] = []
    router.events.on('job', ({ state }) => ends.push(state))
    feed(router, makeRunDocuments().messages)
    await router.decided()
    router.setRules([])
    await queue.start(router.performer)
    await router.settled()
    expect(ends.at(-1)).toEqual({
      state: 'failed',
      reason: 'not-started',
      message: 'the rule rule has no entry succeed any more',
    })
  })

  it('follows a source', async () => {
    const router = new RunRouter().on({ when: {} }, succeed)
    const source = new FakeSource()
    source.subscribe(router)
    await source.start()
    const states: string[] = []
    router.events.on('job', ({ state }) => states.push(state.state))
    source.send(...makeRunDocuments().messages)
    await router.settled()
    expect(states).toEqual(['queued', 'running', 'succeeded'])
  })
})
