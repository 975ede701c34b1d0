import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { converse } from '../../packages/papermill-runner/src/execute/conversation.ts'
import type { Told } from '../../packages/papermill-runner/src/execute/conversation.ts'
import { CellProgress } from '../../packages/papermill-runner/src/execute/estimate.ts'
import type { NotebookProcess } from '../../packages/papermill-runner/src/process/notebook-process.ts'
import type { RunnerEvent } from '../../packages/papermill-runner/src/process/runner-event.ts'

/** A process that says what the test has it say, and notes what is done to it. */
class FakeProcess {
  readonly done: string[] = []
  readonly #events: RunnerEvent[] = []
  #wake = () => {}
  #end = () => {}
  #ended = false
  readonly ended = new Promise<{ exitCode: number; signal: null }>((resolve) => {
    this.#end = () => resolve({ exitCode: 0, signal: null })
  })

  get events(): AsyncIterable<RunnerEvent> {
    return this.#read()
  }

  async say(event: RunnerEvent): Promise<void> {
    this.#events.push(event)
    this.#wake()
    await vi.advanceTimersByTimeAsync(0)
  }

  run = () => void this.done.push('run')
  order = ({ why }: { why: string }) => void this.done.push(`order ${why}`)
  kill = () => {
    this.done.push('kill')
    this.#ended = true
    this.#end()
    this.#wake()
  }

  async *#read(): AsyncGenerator<RunnerEvent> {
    for (;;) {
      const event = this.#events.shift()
      if (event) yield event
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

const ready: RunnerEvent = { event: 'ready', python: { path: '', version: '' }, packages: {} }
const finished: RunnerEvent = { event: 'finished', state: 'succeeded', message: null }

describe('the limits of a notebook behind a launcher', () => {
  let process: FakeProcess
  let told: Promise<Told>
  beforeEach(() => {
    vi.useFakeTimers()
    process = new FakeProcess()
    told = converse(process as unknown as NotebookProcess, '{}', {
      launchLimit: 3600,
      startTimeout: 60,
      notebookLimit: 100,
      grace: 5,
      signal: undefined,
      onAlive: () => undefined,
      progress: new CellProgress(() => undefined, []),
      onUndeclared: () => undefined,
    })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)

  it('begin one after the other: the queue’s, Python’s, the notebook’s', async () => {
    await pass(3599)
    await process.say({ event: 'alive', host: 'node7' })
    await pass(59)
    await process.say(ready)
    await pass(109)
    expect(process.done).toEqual(['run'])
    await process.say(finished)
    expect(await told).toMatchObject({ alive: { host: 'node7' }, last: finished })
    await pass(10_000)
    expect(process.done).toEqual(['run'])
  })

  it('end it when the queue takes longer', async () => {
    await pass(3600)
    expect(await told).toMatchObject({ late: 'alive' })
    expect(process.done).toEqual(['kill'])
  })

  it('end it when Python takes longer from when it runs', async () => {
    await pass(3000)
    await process.say({ event: 'alive', host: 'node7' })
    await pass(60)
    expect(await told).toMatchObject({ late: 'ready' })
  })

  it('end it when the notebook takes longer from when it could begin, and does not end itself', async () => {
    await pass(3000)
    await process.say({ event: 'alive', host: 'node7' })
    await process.say(ready)
    await pass(110)
    expect(await told).toMatchObject({ ending: { why: 'timed-out', limit: 'notebook 100 s' } })
    expect(process.done).toEqual(['run', 'kill'])
  })

  it('leave an export a minute, whatever is left of them', async () => {
    await process.say({ event: 'alive', host: 'node7' })
    await process.say(ready)
    await pass(105)
    await process.say({ ...finished, exports: true })
    await pass(59)
    expect(process.done).toEqual(['run'])
    await pass(1)
    expect(await told).toMatchObject({ last: { state: 'succeeded' } })
    expect((await told).exported).toBeUndefined()
    expect(process.done).toEqual(['run', 'kill'])
  })
})
