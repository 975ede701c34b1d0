import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { z } from 'zod'
import { describe, expect, it, vi } from 'vitest'

import { pause, resume } from '../../../packages/worker/src/operations/pausing.js'
import { rerunRequest } from '../../../packages/worker/src/operations/requests.js'
import { rerun, type RerunEvent } from '../../../packages/worker/src/operations/rerun.js'
import { cellError, Operated } from './support.js'

/** Reruns, and waits until what was begun has ended. */
async function rerunning(
  { worker }: Operated,
  request: z.input<typeof rerunRequest>,
): Promise<RerunEvent[]> {
  const events: RerunEvent[] = []
  await rerun(worker, rerunRequest.parse(request), 'ada', (event) => events.push(event))
  if (request.dry_run !== true) await worker.router.settled()
  return events
}

/** What is said of jobs, briefly. */
function brief(events: readonly RerunEvent[]): unknown[] {
  return events.map((event) => {
    switch (event.event) {
      case 'rerun':
        return [event.fresh ? 'new' : 'again', event.job.id]
      case 'left':
        return ['left', event.id, event.message]
      case 'job':
        return ['ended', event.job.id, event.job.state]
      case 'failed':
        return ['failed', event.message]
    }
  })
}

const act = (name: string, parameters = {}) => ({ use: 'act', name, parameters })
const two = [{ name: 'two', when: {}, actions: [act('one'), act('other')] }]

describe('a rerun', () => {
  it('of a job adds an attempt with the parameters that were stored', async () => {
    const rules = (bins: number) => [{ name: 'all', when: {}, actions: [act('one', { bins })] }]
    const operated = await Operated.start({ rules: rules(1) })
    const [id = ''] = await operated.runToEnd()
    await operated.reload({ rules: rules(2) })
    expect(brief(await rerunning(operated, { target: id, wait: true }))).toEqual([
      ['again', id],
      ['ended', id, 'succeeded'],
    ])
    const began = (await readFile(join(operated.folder, 'began'), 'utf8')).trim().split('\n')
    expect(began.map((line) => (JSON.parse(line) as { parameters: unknown }).parameters)).toEqual([
      { bins: 1 },
      { bins: 1 },
    ])
    const { ledger } = operated.worker
    expect((await ledger.attempts(id)).map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'succeeded'],
      [2, 'succeeded'],
    ])
    expect(await operated.acts()).toEqual([['ada', 'rerun', id, { rules: false }]])
  })

  it('of a run is one of all its jobs', async () => {
    const operated = await Operated.start({ rules: two })
    const uid = '5d8beb4d-8b22-44a9-a1da-0839189a2104'
    const ids = await operated.runToEnd({ uid })
    expect(brief(await rerunning(operated, { target: '5d8beb4d' }))).toEqual(
      ids.map((id) => ['again', id]),
    )
  })

  it('takes what its conditions say, and no other', async () => {
    const operated = await Operated.start({ rules: two, retry: { attempts: 1 } })
    await operated.outcome(cellError)
    const failed = await operated.runToEnd({ plan_name: 'count' })
    await operated.runToEnd({ plan_name: 'scan' })
    await operated.outcome({ state: 'succeeded' })
    await operated.runToEnd({ plan_name: 'count' })
    const where = {
      plan_name: 'count',
      state: 'failed',
      entry: 'one',
      reason: 'cell-error',
    } as const
    const expected = [['again', failed[0]]]
    expect(brief(await rerunning(operated, { where, dry_run: true }))).toEqual(expected)
    expect((await operated.worker.ledger.job(failed[0]!))?.attempt).toBe(1)
    expect(await operated.acts()).toEqual([])
    expect(brief(await rerunning(operated, { where }))).toEqual(expected)
    expect(brief(await rerunning(operated, { where }))).toEqual([])
    const future = new Date(Date.now() + 60_000).toISOString()
    expect(brief(await rerunning(operated, { where: { since: future } }))).toEqual([])
    expect(brief(await rerunning(operated, { where: { until: future } })).length).toBe(6)
  })

  it('of a run without jobs leaves it, and says where to look', async () => {
    const operated = await Operated.start({ rules: [] })
    const uid = '5d8beb4d-8b22-44a9-a1da-0839189a2104'
    await operated.run({ uid })
    expect(brief(await rerunning(operated, { target: uid }))).toEqual([
      [
        'left',
        uid,
        'the run has no jobs; `explain --uid 5d8beb4d` says why, and `rerun --rules` decides by the rules as they are now',
      ],
    ])
    expect(brief(await rerunning(operated, { target: uid, rules: true }))).toEqual([
      ['left', uid, 'no rule has anything to run for it; `explain --uid 5d8beb4d` says why'],
    ])
  })

  it('leaves what has not ended', async () => {
    const operated = await Operated.start()
    await pause(operated.worker, 'ada')
    const [id = ''] = await operated.run()
    const events: RerunEvent[] = []
    await rerun(operated.worker, rerunRequest.parse({ target: id }), 'ada', (e) => events.push(e))
    expect(brief(events)).toEqual([['left', id, 'it has not ended: queued']])
    await resume(operated.worker, 'ada')
    await operated.worker.router.settled()
  })

  it('leaves what the queue has no room for, and says so', async () => {
    const operated = await Operated.start({ queue: { kind: 'embedded', capacity: 1 } })
    const [first = ''] = await operated.runToEnd()
    const [second = ''] = await operated.runToEnd()
    await pause(operated.worker, 'ada')
    const events: RerunEvent[] = []
    const request = rerunRequest.parse({ where: { rule: 'all' } })
    await rerun(operated.worker, request, 'ada', (event) => events.push(event))
    expect(brief(events)).toEqual([
      ['again', first],
      ['left', second, expect.stringContaining('as many as it may')],
    ])
    await resume(operated.worker, 'ada')
    await operated.worker.router.settled()
  })

  it('gives its jobs another priority', async () => {
    const operated = await Operated.start()
    const [id = ''] = await operated.runToEnd()
    await rerunning(operated, { target: id, priority: 7 })
    expect((await operated.worker.ledger.job(id))?.priority).toBe(7)
    await rerunning(operated, { target: id })
    expect((await operated.worker.ledger.job(id))?.priority).toBe(0)
  })

  it('stops waiting when nobody waits any more', async () => {
    const rules = [{ name: 'all', when: {}, actions: [act('one')] }]
    const operated = await Operated.start({ rules })
    const [id = ''] = await operated.runToEnd()
    await pause(operated.worker, 'ada')
    const { events } = operated.worker.router.queue
    const listening = events.listenerCount('status')
    const controller = new AbortController()
    const request = rerunRequest.parse({ target: id, wait: true })
    const waiting = rerun(operated.worker, request, 'ada', () => undefined, controller.signal)
    await vi.waitUntil(() => events.listenerCount('status') > listening)
    controller.abort()
    await waiting
    expect(events.listenerCount('status')).toBe(listening)
    await resume(operated.worker, 'ada')
    await operated.worker.router.settled()
  })

  it.each([
    [{}, 'either'],
    [{ target: 'a', where: { rule: 'b' } }, 'either'],
    [{ where: {} }, 'which would be all jobs'],
    [{ where: { since: 'soon' } }, 'must be a time'],
    [{ where: { state: 'odd' } }, 'Invalid'],
    [{ target: 'a', priority: 5000 }, 'Too big'],
  ])('can’t be asked for by %j', (request, message) => {
    const parsed = rerunRequest.safeParse(request)
    expect(JSON.stringify(parsed.error?.issues)).toContain(message)
  })
})

describe('a rerun by today’s rules', () => {
  const rulesWith = (...actions: object[]) => [{ name: 'all', when: {}, actions }] as never

  it('decides anew: other parameters, jobs that are new, and jobs that are made no more', async () => {
    const operated = await Operated.start({
      rules: rulesWith(act('changed', { bins: 1 }), act('gone')),
    })
    const [changed = '', gone = ''] = await operated.runToEnd()
    const text = `export default { name: 'other', run: async () => ({ state: 'no-data' }) }`
    await writeFile(join(operated.folder, 'other.mjs'), text)
    await operated.reload({
      actions: { act: './act.mjs', other: './other.mjs' },
      rules: rulesWith({ ...act('changed', { bins: 2 }), use: 'other' }, act('added')),
    })
    const uid = (await operated.worker.ledger.job(changed))!.job.run.uid
    const dry = await rerunning(operated, { target: uid, rules: true, dry_run: true })
    const added = dry.find((event) => event.event === 'rerun' && event.fresh)
    const expected = [
      ['again', changed],
      ['new', added?.event === 'rerun' && added.job.id],
      ['left', gone, 'the rule all makes it no more for this run'],
    ]
    expect(brief(dry)).toEqual(expected)
    expect((await operated.worker.ledger.jobs({})).rows.length).toBe(2)
    expect(brief(await rerunning(operated, { target: uid, rules: true }))).toEqual(expected)
    const { ledger } = operated.worker
    const jobs = await Promise.all(
      (await ledger.jobs({ order: 'oldest' })).rows.map(({ id }) => ledger.job(id)),
    )
    expect(
      jobs.map((status) => [
        status?.job.entry,
        status?.job.parameters,
        status?.attempt,
        status?.state.state,
      ]),
    ).toEqual([
      ['changed', { bins: 2 }, 2, 'no-data'],
      ['gone', {}, 1, 'succeeded'],
      ['added', {}, 1, 'succeeded'],
    ])
    expect((await ledger.jobs({ id: changed })).rows).toMatchObject([{ action: 'other' }])
    expect((await ledger.decision(uid))?.map(({ rule }) => rule)).toEqual(['all'])
  })

  it('is for the jobs that its conditions say, new ones only where they may be meant', async () => {
    const operated = await Operated.start({ rules: rulesWith(act('one')), retry: { attempts: 1 } })
    await operated.runToEnd()
    await operated.outcome(cellError)
    const [failed = ''] = await operated.runToEnd()
    await operated.outcome({ state: 'succeeded' })
    await operated.reload({ rules: rulesWith(act('one', { bins: 2 }), act('added')) })
    const byState = { where: { state: 'failed' }, rules: true } as const
    expect(brief(await rerunning(operated, byState))).toEqual([['again', failed]])
    const added = await rerunning(operated, { where: { entry: 'added', rule: 'all' }, rules: true })
    expect(added.map((event) => event.event === 'rerun' && event.fresh)).toEqual([true, true])
  })

  it('of one job leaves the others of its run', async () => {
    const operated = await Operated.start({ rules: rulesWith(act('one'), act('other')) })
    const [one = ''] = await operated.runToEnd()
    expect(brief(await rerunning(operated, { target: one, rules: true }))).toEqual([['again', one]])
  })

  it('uses the documents that were kept, and leaves a run that has not stopped', async () => {
    const wanting = { ...act('one'), documents: true }
    const operated = await Operated.start({ rules: rulesWith(wanting) })
    const uid = '5d8beb4d-8b22-44a9-a1da-0839189a2104'
    await operated.runToEnd({ uid })
    await operated.reload({ rules: rulesWith(wanting, { ...wanting, name: 'added' }) })
    await rerunning(operated, { target: uid, rules: true })
    const began = (await readFile(join(operated.folder, 'began'), 'utf8')).trim().split('\n')
    const paths = began.map((line) => (JSON.parse(line) as { documents: string }).documents)
    expect(new Set(paths)).toEqual(
      new Set([join(operated.folder, 'state/documents', `${uid}.jsonl`)]),
    )
    expect(paths.length).toBe(3)

    const open = { ...(await operated.worker.ledger.run(uid))!.run, uid: 'open', stop: null }
    await operated.worker.ledger.opened(open)
    expect(brief(await rerunning(operated, { target: 'open', rules: true }))).toEqual([
      ['left', 'open', 'the run has not stopped, so that no rule can be asked'],
    ])
  })
})
