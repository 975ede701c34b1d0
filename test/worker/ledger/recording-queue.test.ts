import {
  type ActionResult,
  type JobStatus,
  MemoryJobQueue,
  type MemoryJobQueueOptions,
  newStatus,
  type Performer,
} from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { PatientLedger } from '../../../packages/worker/src/ledger/patient-ledger.ts'
import { RecordingQueue } from '../../../packages/worker/src/ledger/recording-queue.ts'
import { FailingLedger, full, readLogger } from '../../support/failing-ledger.ts'
import { jobOf, running, stoppedRun } from '../../support/ledgers.ts'
import { performing, succeeded } from '../../support/performing.ts'

function recording(options: MemoryJobQueueOptions = {}) {
  const inner = new FailingLedger()
  const { logger } = readLogger()
  const ledger = new PatientLedger(inner.ledger, logger, { first: 1, longest: 4, most: 100 })
  const failures: unknown[] = []
  const queue = new RecordingQueue(new MemoryJobQueue(options), ledger, (error) =>
    failures.push(error),
  )
  return { inner, ledger, queue, failures }
}

const job = jobOf(stoppedRun(), { id: 'j' })

describe('a recording queue', () => {
  it('notes where its jobs stand, and each attempt with its folder, but for what the ledger has', async () => {
    const { inner, queue, failures } = recording()
    const perform: Performer = (_, { attempt, opened, progress }) => {
      opened?.({ attempt, resultsDir: '/r/attempt-1' })
      progress({ step: 1, of: 2, event: 'started' })
      progress({ step: 1, of: 2, event: 'finished' })
      return Promise.resolve({ result: succeeded, resultsDir: '/r/attempt-1' })
    }
    await queue.start(perform)
    expect(await queue.add([job])).toEqual([job])
    await queue.idle()
    // the end of an attempt before that of its job: else it would look like one that was broken off
    expect(inner.written).toEqual([
      'j running 1',
      'j running 1',
      'j attempt 1 running',
      'j attempt 1 succeeded',
      'j succeeded 1',
    ])
    expect(inner.notes[0]).toMatchObject({ resultsDir: '/r/attempt-1', finishedAt: null })
    expect(failures).toEqual([])
  })

  it('begins no attempt that the ledger does not have', async () => {
    const { inner, queue } = recording()
    const performer = performing(succeeded)
    await queue.start(performer)
    inner.error = full
    const tried: number[] = []
    inner.tried = () => {
      tried.push(performer.attempts.length)
      if (tried.length === 4) inner.error = null
    }
    await queue.add([job])
    await queue.idle()
    expect(tried.slice(0, 5)).toEqual([0, 0, 0, 0, 0])
    expect(performer.attempts).toEqual([1])
  })

  it('ends an attempt that is cancelled while the ledger can’t be written', async () => {
    const { inner, queue } = recording()
    const performer = performing(succeeded)
    await queue.start(performer)
    inner.error = full
    await queue.add([job])
    const cancelled = queue.cancel('j', 'by ann')
    await new Promise<void>((resolve) =>
      queue.events.on('status', ({ state }) => {
        if (state.state === 'cancelled') resolve()
      }),
    )
    inner.error = null
    expect(await cancelled).toBe(true)
    await queue.idle()
    expect(performer.attempts).toEqual([])
    expect(inner.written.at(-1)).toBe('j cancelled 1')
  })

  it('leaves an attempt that its host broke off, before the ledger had it, to be run again', async () => {
    const { inner, queue } = recording()
    const performer = performing(succeeded)
    await queue.start(performer)
    inner.error = full
    await queue.add([job])
    const stopped = queue.stop(0)
    await new Promise<void>((resolve) =>
      queue.events.on('status', ({ interruptions }) => {
        if (interruptions === 1) resolve()
      }),
    )
    inner.error = null
    await stopped
    expect(performer.attempts).toEqual([])
    expect(inner.written.at(-1)).toBe('j queued 1')
  })

  it('notes what explains a failure, and the folder that was told before', async () => {
    const { inner, queue } = recording()
    const evidence = { cell: 2, signal: 'SIGSEGV' }
    await queue.start((_, { opened }) => {
      opened?.({ attempt: 4, resultsDir: '/r/attempt-4' })
      const result = { state: 'failed', reason: 'kernel-died', message: 'died', evidence } as const
      return Promise.resolve({ result, resultsDir: null })
    })
    await queue.add([job])
    await queue.idle()
    expect(inner.notes.at(-1)).toMatchObject({
      attempt: 4,
      resultsDir: '/r/attempt-4',
      reason: 'kernel-died',
      evidence,
    })
  })

  it('notes each look of a job that waits for its data', async () => {
    const { inner, queue } = recording()
    const looks = ['not there', 'half of it']
    await queue.start(performing(succeeded), () => {
      const message = looks.shift()
      return Promise.resolve(message === undefined ? { ready: true } : { ready: false, message })
    })
    const wait = { for: 'the file', every: 1, factor: 1, longest: 1, limit: 60_000 }
    await queue.add([{ ...job, wait, queuedAt: new Date().toISOString() }])
    await queue.idle()
    // as it is taken in the ledger has it
    expect(inner.written.slice(0, 3)).toEqual(['j waiting 0', 'j waiting 0', 'j queued 0'])
  })

  it('knows also of jobs that its queue has no more', async () => {
    const { inner, queue } = recording()
    const status = newStatus(job)
    inner.ledger.job = (id) => Promise.resolve(id === 'j' ? status : undefined)
    expect([await queue.get('j'), await queue.get('k')]).toEqual([status, undefined])
  })

  it('notes each retry as an attempt of its own, with why it failed', async () => {
    const retry = { attempts: 2, on: ['kernel-died'], delay: 1 } as const
    const { inner, queue } = recording({ retry })
    const died: ActionResult = { state: 'failed', reason: 'kernel-died', message: 'SIGKILL' }
    await queue.start(performing(died, succeeded))
    await queue.add([job])
    await queue.idle()
    const ends = inner.notes.filter(({ finishedAt }) => finishedAt !== null)
    expect(ends.map(({ attempt, state, reason }) => [attempt, state, reason])).toEqual([
      [1, 'failed', 'kernel-died'],
      [2, 'succeeded', null],
    ])
  })

  it('says of an attempt that was broken off that it was interrupted', async () => {
    const { inner, queue } = recording()
    const interrupted: ActionResult = { state: 'failed', reason: 'interrupted', message: 'stopped' }
    await queue.start(performing(interrupted, succeeded))
    await queue.add([job])
    await queue.idle()
    expect(inner.notes.map(({ state, reason, message }) => [state, reason, message])).toEqual([
      ['interrupted', null, 'stopped'],
      ['succeeded', null, null],
    ])
  })

  it('has what is asked of it on the disk when it answers', async () => {
    const { inner, queue } = recording()
    await queue.start(performing(succeeded))
    await queue.pause()
    await queue.add([job])
    expect(await queue.cancel('j', 'by ann')).toBe(true)
    expect(inner.written).toEqual(['j cancelled 0'])
    expect(await queue.rerun({ ...newStatus(job), state: { state: 'cancelled' } })).toBe(true)
    expect(inner.written).toEqual(['j cancelled 0', 'j queued 0'])
  })

  it('notes jobs that turn out otherwise than they were taken in, as where the queue is full', async () => {
    const { inner, queue } = recording({ capacity: 1 })
    await queue.start(performing(succeeded))
    await queue.pause()
    const second = { ...job, id: 'k' }
    await queue.add([job, second])
    expect(await queue.get('k')).toMatchObject({ state: { state: 'failed' } })
    await queue.stop(0)
    expect(inner.written).toEqual(['k failed 0'])
  })

  it('notes at the start what became of jobs that ran when their host ended', async () => {
    const known: JobStatus[] = [running(job), running({ ...job, id: 'k' }, { interruptions: 3 })]
    const { inner, queue } = recording({ known })
    await queue.start(performing(succeeded))
    await queue.idle()
    expect(inner.written.slice(0, 2)).toEqual(['j queued 1', 'k failed 1'])
    expect(inner.written).toContain('j succeeded 2')
  })
})
