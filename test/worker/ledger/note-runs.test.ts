import {
  defineAction,
  type DocumentMessage,
  MemoryJobQueue,
  RunRouter,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import type { Ledger } from '../../../packages/worker/src/ledger/ledger.ts'
import { noteRuns, receiveBy } from '../../../packages/worker/src/ledger/note-runs.ts'
import { PatientLedger } from '../../../packages/worker/src/ledger/patient-ledger.ts'
import { FailingLedger, full, readLogger } from '../../support/failing-ledger.ts'
import { openedLedger } from '../../support/ledgers.ts'
import { performing, succeeded } from '../../support/performing.ts'

const action = defineAction({ name: 'act', run: () => Promise.resolve(succeeded) })

/** A router that has its decisions in a ledger before it acts on them, with one rule for all runs. */
function routerOn(ledger: Ledger, maxOpenRuns = 100) {
  const queue = new MemoryJobQueue()
  const performer = performing(succeeded)
  void queue.start(performer)
  const router = new RunRouter([], { queue, received: receiveBy(ledger), maxOpenRuns })
  router.on({ name: 'all', when: {} }, action)
  const failures: unknown[] = []
  noteRuns(router, ledger, (error) => failures.push(error))
  router.events.on('decision-error', (error) => failures.push(error))
  const play = (messages: readonly DocumentMessage[]): void => {
    for (const message of messages) router.dispatch(message)
  }
  return { router, queue, performer, play, failures }
}

describe('runs in the ledger', () => {
  it('are there from their Run Start on, with their descriptors, so that a later life knows them', async () => {
    const { ledger } = await openedLedger()
    const { uid, messages } = makeRunDocuments()
    const stop = messages.at(-1)!
    const first = routerOn(ledger)
    first.play(messages.slice(0, 2))
    while (((await ledger.run(uid))?.run.descriptors.length ?? 0) < 1) {
      // each look takes a while
    }
    // the event before the crash is counted by nobody
    first.play(messages.slice(2, 3))
    const second = routerOn(ledger)
    for (const run of await ledger.openRuns(10)) second.router.restore(run)
    second.play([...messages.slice(3, -1), stop])
    await second.router.settled()
    expect(second.performer.attempts).toEqual([1])
    const known = await ledger.run(uid)
    expect(known?.run.events).toEqual({ primary: 2 })
    expect(known?.stoppedAt).not.toBeNull()
    expect((await ledger.decision(uid))?.map(({ rule, matched }) => [rule, matched])).toEqual([
      ['all', true],
    ])
    expect([...first.failures, ...second.failures]).toEqual([])
  })

  it('are not acted on twice when they come twice', async () => {
    const { ledger } = await openedLedger()
    const { messages } = makeRunDocuments()
    for (const expected of [[1], []]) {
      const { router, performer, play } = routerOn(ledger)
      play(messages)
      await router.settled()
      expect(performer.attempts).toEqual(expected)
    }
    expect((await ledger.jobs()).rows).toHaveLength(1)
  })

  it('are decided at a stop that comes after they were given up', async () => {
    const { ledger } = await openedLedger()
    const [first, second] = [makeRunDocuments(), makeRunDocuments()]
    const { router, performer, play, failures } = routerOn(ledger, 1)
    play(first.messages.slice(0, -1))
    while (!(await ledger.run(first.uid))) {
      // each look takes a while
    }
    const abandoned = new Promise((resolve) => router.events.once('abandoned', resolve))
    play(second.messages.slice(0, 1))
    await abandoned
    const decided = new Promise((resolve) => router.events.once('queued', resolve))
    play(first.messages.slice(-1))
    await decided
    await router.settled()
    expect(performer.attempts).toEqual([1])
    expect((await ledger.run(first.uid))?.run.stop?.exit_status).toBe('success')
    expect(failures).toEqual([])
  })

  it('are there too if only their Run Stop came', async () => {
    const { ledger } = await openedLedger()
    const { uid, messages } = makeRunDocuments()
    const { play } = routerOn(ledger)
    play(messages.slice(-1))
    while (!(await ledger.run(uid))) {
      // each look takes a while
    }
    expect((await ledger.runs()).rows).toMatchObject([
      { uid, plan_name: null, exit_status: 'success', complete: false, jobs: [] },
    ])
  })

  it('have stopped, as far as it knows, only together with their jobs', async () => {
    const { ledger } = await openedLedger()
    const { uid, messages } = makeRunDocuments()
    let decide = (): void => undefined
    const before = new Promise<void>((resolve) => (decide = resolve))
    const router = new RunRouter([], {
      // the worker is killed before this goes through
      received: async (decision) => {
        await before
        return receiveBy(ledger)(decision)
      },
    })
    router.on({ name: 'all', when: {} }, action)
    const failures: unknown[] = []
    noteRuns(router, ledger, (error) => failures.push(error))
    // all at once, so that it has stopped by the time at which its start is noted
    for (const message of messages) router.dispatch(message)
    await ledger.writable()
    expect((await ledger.runs({ open: false })).rows).toEqual([])
    decide()
    await router.decided()
    expect((await ledger.runs({ open: false })).rows).toMatchObject([
      { uid, jobs: [expect.any(String) as string] },
    ])
    expect(failures).toEqual([])
  })

  it('are acted on by nobody until the ledger has them', async () => {
    const inner = new FailingLedger()
    const { logger } = readLogger()
    const ledger = new PatientLedger(inner.ledger, logger, { first: 1, longest: 4, most: 100 })
    const { router, performer, play } = routerOn(ledger)
    inner.error = full
    const seen: number[] = []
    inner.tried = () => {
      seen.push(performer.attempts.length)
      if (seen.length === 6) inner.error = null
    }
    play(makeRunDocuments().messages)
    await router.settled()
    expect(seen.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0])
    expect(performer.attempts).toEqual([1])
  })
})
